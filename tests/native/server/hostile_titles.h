#pragma once
// Titles that try to become something else than text: markup, scripts, attributes, JSON, broken UTF-8.

#include <string>
#include <vector>

namespace terpsi::test {

inline std::vector<std::string> hostile_titles() {
  std::vector<std::string> out = {
      "<script>hit()</script>",
      "</title><script>hit()</script>",
      "</TITLE ><sCrIpT>hit()</ScRiPt>",
      "</head><body onload=hit()>",
      "</script><script>hit()</script>",
      "--><script>hit()</script><!--",
      "<!--<script>hit()//-->",
      "]]><script>hit()</script>",
      "<![CDATA[<script>hit()</script>]]>",
      "<?xml version=\"1.0\"?><script>hit()</script>",
      "\"><script>hit()</script>",
      "'><script>hit()</script>",
      "\" onload=\"hit()",
      "' onload='hit()",
      "\" autofocus onfocus=hit() x=\"",
      "\"/><img src=x onerror=hit()>",
      "'/><img src=x onerror=hit()>",
      "`><img src=x onerror=hit()>",
      "<img src=x onerror=hit()>",
      "<img/src=`x`onerror=hit()>",
      "<img src=\"x\" onerror=\"hit()\"",
      "<IMG \"\"\"><SCRIPT>hit()</SCRIPT>\">",
      "<svg onload=hit()>",
      "<svg><script>hit()</script></svg>",
      "<svg/onload=hit()//",
      "<svg><animate onbegin=hit() attributeName=x dur=1s>",
      "<svg><style><img src=x onerror=hit()></style>",
      "<math><mtext></p><img src=x onerror=hit()>",
      "<iframe src=javascript:hit()>",
      "<iframe srcdoc=\"<script>parent.hit()</script>\">",
      "<object data=javascript:hit()>",
      "<embed src=javascript:hit()>",
      "<a href=javascript:hit()>x</a>",
      "<a href=\"jAvAsCrIpT:hit()\">x</a>",
      "<form action=javascript:hit()><button>x</button></form>",
      "<base href=javascript:hit()//>",
      "<base href=\"//evil.example/\">",
      "<meta http-equiv=refresh content=\"0;url=javascript:hit()\">",
      "<meta http-equiv=\"Content-Security-Policy\" content=\"script-src *\">",
      "<link rel=stylesheet href=//evil.example/x.css>",
      "<style>@import 'javascript:hit()';</style>",
      "<style>*{background:url(javascript:hit())}</style>",
      "<div style=\"background:url(javascript:hit())\">",
      "<details open ontoggle=hit()>",
      "<video><source onerror=hit()>",
      "<audio src=x onerror=hit()>",
      "<input autofocus onfocus=hit()>",
      "<select autofocus onfocus=hit()>",
      "<textarea autofocus onfocus=hit()>",
      "<marquee onstart=hit()>",
      "<body onpageshow=hit()>",
      "<noscript><p title=\"</noscript><img src=x onerror=hit()>\">",
      "<template><script>hit()</script></template>",
      "<table background=javascript:hit()>",
      "<isindex action=javascript:hit() type=image>",
      "<xss onclick=hit() style=display:block>x</xss>",
      "<x onanimationstart=hit() style=animation-name:x>",
      "<p/onpointerenter=hit()>x",
      "<!doctype html><script>hit()</script>",
      "<plaintext>",
      "<xmp><script>hit()</script>",
      "<title><script>hit()</script>",
      "<textarea></title><script>hit()</script>",
      "&lt;script&gt;hit()&lt;/script&gt;",
      "&#60;script&#62;hit()&#60;/script&#62;",
      "&#x3c;script&#x3e;hit()&#x3c;/script&#x3e;",
      "&quot; onload=&quot;hit()",
      "&amp;lt;script&amp;gt;",
      "&NewLine;javascript&colon;hit()",
      "%3Cscript%3Ehit()%3C/script%3E",
      "%22%20onload%3D%22hit()",
      "\\u003cscript\\u003ehit()\\u003c/script\\u003e",
      "\\x3cscript\\x3ehit()\\x3c/script\\x3e",
      "{{constructor.constructor('hit()')()}}",
      "${hit()}",
      "#{hit()}",
      "<%= hit() %>",
      "javascript:hit()",
      "data:text/html,<script>hit()</script>",
      "vbscript:hit()",
      "\",\"html\":\"<script>hit()</script>",
      "\"}];hit();//",
      "';hit();//",
      "\\';hit();//",
      "\\\";hit();//",
      "</script>\";hit();//",
      "\r\nSet-Cookie: hit=1",
      "\r\n\r\n<script>hit()</script>",
      "x\r\nContent-Type: text/html\r\n\r\n<script>hit()</script>",
      "\"; filename=\"evil.html",
      "../../../../etc/passwd",
      "..\\..\\evil.exe",
      "C:\\Windows\\evil.bat",
      "con",
      "a\tb\nc\vd\fe",
      "<scr\x01ipt>hit()</scr\x02ipt>",
      "<script\x0b>hit()</script\x0c>",
      "\x1b[31mred\x1b]0;title\x07",
      "\x7f<script>hit()</script>\x08\x08",
      "\xE2\x80\xAE"
      "gnp.txt",                                         // reads backwards
      "\xE2\x81\xA6<script>hit()</script>\xE2\x81\xA9",  // isolates
      "\xE2\x80\xAD\xE2\x80\xAC\xE2\x80\xAA\xE2\x80\xAB",
      "\xE2\x80\xA8<script>hit()</script>\xE2\x80\xA9",                      // line separators
      "\xEF\xBB\xBF<script>hit()</script>",                                  // byte order mark
      "\xEF\xBC\x9Cscript\xEF\xBC\x9Ehit()\xEF\xBC\x9C/script\xEF\xBC\x9E",  // full width
      "\xC0\xBCscript\xC0\xBEhit()\xC0\xBC/script\xC0\xBE",                  // overlong <
      "\xE0\x80\xBCscript>hit()</script>",
      "\xF0\x80\x80\xBCscript>hit()</script>",
      "\xF8\x80\x80\x80\xBCscript>",
      "+ADw-script+AD4-hit()+ADw-/script+AD4-",  // UTF-7
      "\xED\xA0\xBC\xED\xB2\x83",                // a surrogate pair
      "\xF4\x90\x80\x80\xFF\xFE",
      "cut \xE2\x82",
      "\xC2\" onload=hit() x=\"",  // a lead byte that could eat the quote
      "\xF0\x9F\x92\"><script>hit()</script>",
      "\xE0<script>hit()</script>",
      "\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x8E\xA4 fine \xF0\x9F\x92\x83",
      "nul\0byte",
      "",
      "   ",
      std::string("a\0<script>hit()</script>", 25),
      std::string(200, '<'),
      std::string(200, '"'),
      std::string(199, '&') + "<",
      std::string(5000, 'x') + "<script>hit()</script>",
  };
  for (const char* event : {"onmouseover", "onclick", "onerror", "onload", "onfocus", "onpointerrawupdate"})
    for (const char* quote : {"\"", "'", ""})
      out.push_back(std::string("x") + quote + " " + event + "=" + quote + "hit()" + quote + " y=" + quote);
  return out;
}

}  // namespace terpsi::test
