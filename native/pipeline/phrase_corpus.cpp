#include "native/pipeline/phrase_corpus.h"

#include <cmath>

#include "base/hash.h"
#include "base/limits.h"
#include "format/npz.h"
#include "motion/motion_vector.h"
#include "native/io/file.h"

namespace terpsi::native {
namespace {

Error wrong(const std::string& what) {
  return {ErrorCode::bad_format,
          "this is not a corpus of phrases (" + what + "); build one with tools/train/build_corpus.py"};
}

// Reads arrays by name and shape; the first problem is kept, and later reads return zeros.
class Arrays {
 public:
  explicit Arrays(const format::Npz& npz) : npz_(npz) {}

  const std::vector<std::size_t>* shape(const char* name) const {
    const auto found = npz_.find(name);
    return found == npz_.end() ? nullptr : &found->second.shape;
  }

  std::size_t length(const char* name) {
    const auto* of = shape(name);
    if (of != nullptr && !of->empty()) return of->front();
    fail(std::string("no array ") + name);
    return 0;
  }

  std::vector<float> floats(const char* name, const std::vector<std::size_t>& wanted) {
    std::size_t count = 1;
    for (const std::size_t d : wanted) count *= d;
    const auto found = npz_.find(name);
    if (found == npz_.end()) {
      fail(std::string("no array ") + name);
    } else if (found->second.shape != wanted) {
      fail(std::string("the array ") + name + " has another shape");
    } else if (auto values = format::to_floats(found->second)) {
      return std::move(*values);
    } else {
      fail(std::string("the array ") + name + " does not hold numbers");
    }
    return std::vector<float>(error_ ? 0 : count);
  }

  std::vector<int> ints(const char* name, const std::vector<std::size_t>& wanted) {
    std::vector<int> out;
    for (const float v : floats(name, wanted)) {
      if (!(v == std::floor(v) && std::abs(v) <= 1 << 24)) {  // floats hold whole numbers up to 2^24
        fail(std::string("the array ") + name + " holds a value that is not a whole number in range");
        return {};
      }
      out.push_back(static_cast<int>(v));
    }
    return out;
  }

  int whole(const char* name) {
    const auto values = ints(name, {});
    return values.size() == 1 ? values.front() : 0;
  }

  std::vector<std::string> lines(const char* name) {
    std::vector<std::string> out;
    const auto found = npz_.find(name);
    const auto text = found == npz_.end() ? Result<std::string>(wrong("")) : format::to_text(found->second);
    if (!text) return fail(std::string("no text ") + name), out;
    out.emplace_back();
    for (const char c : *text) {
      if (c == '\n') {
        out.emplace_back();
      } else {
        out.back() += c;
      }
    }
    return out;
  }

  void fail(std::string what) {
    if (!error_) error_ = true, what_ = std::move(what);
  }
  bool failed() const { return error_; }
  const std::string& what() const { return what_; }

 private:
  const format::Npz& npz_;
  bool error_ = false;
  std::string what_;
};

void read_styles(Arrays& arrays, generate::PhraseCorpus& corpus) {
  const auto names = arrays.lines("style_names");
  const auto bpm = arrays.floats("style_bpm", {names.size()});
  const auto magnitude = arrays.floats("style_magnitude", {names.size()});
  const auto families = arrays.lines("style_families");
  if (families.size() != names.size()) arrays.fail("style_families has not one line per style");
  if (arrays.failed()) return;
  for (std::size_t s = 0; s < names.size(); ++s)
    corpus.styles.push_back({names[s], bpm[s], magnitude[s], families[s]});
}

void read_phrases(Arrays& arrays, generate::PhraseCorpus& corpus) {
  const std::size_t count = arrays.length("phrase_row");
  const auto* table = arrays.shape("next_code");
  const std::size_t width = table != nullptr && table->size() == 2 ? (*table)[1] : 0;
  const auto row = arrays.ints("phrase_row", {count}), before = arrays.ints("phrase_before", {count}),
             after = arrays.ints("phrase_after", {count}), mirrored = arrays.ints("phrase_mirrored", {count}),
             style = arrays.ints("phrase_style", {count}), mirror = arrays.ints("phrase_mirror", {count});
  const auto energy = arrays.floats("phrase_energy", {count}), bpm = arrays.floats("phrase_bpm", {count});
  const auto alike = arrays.ints("phrase_alike", {count});
  const auto code = arrays.ints("next_code", {count, width});
  const auto cost = arrays.floats("next_cost", {count, width});
  if (arrays.failed()) return;
  for (std::size_t i = 0; i < count; ++i) {
    corpus.sources.push_back({row[i], before[i], after[i], mirrored[i] != 0});
    manifest::Phrase phrase{style[i], energy[i], mirror[i], {}, bpm[i], alike[i]};
    for (std::size_t k = i * width; k < (i + 1) * width; ++k) {
      if (code[k] != 0) phrase.next.push_back({code[k], cost[k]});
    }
    corpus.phrases.push_back(std::move(phrase));
  }
}

}  // namespace

Result<generate::PhraseCorpus> parse_corpus(std::span<const std::uint8_t> bytes) {
  const auto npz = format::parse_npz(bytes);
  if (!npz) return npz.error();
  Arrays arrays(*npz);
  const int version = arrays.whole("version");
  if (arrays.failed()) return wrong(arrays.what());
  if (version != 2) {
    return Error{ErrorCode::unsupported, "the corpus of phrases has version " + std::to_string(version) +
                                             ", this program reads 2; build it again"};
  }
  generate::PhraseCorpus corpus;
  corpus.samples = arrays.whole("samples");
  const std::size_t rows = arrays.length("rows");
  corpus.rows = arrays.floats("rows", {rows, motion::kMotionDims});
  corpus.clip_start = arrays.ints("clip_start", {arrays.length("clip_start")});
  read_styles(arrays, corpus);
  read_phrases(arrays, corpus);
  if (arrays.failed()) return wrong(arrays.what());
  if (auto status = generate::check_corpus(corpus); !status) return status.error();
  return corpus;
}

Result<CorpusFile> load_corpus(const std::string& path) {
  const auto bytes = read_file(path, limits::kMaxMotionFileBytes);
  if (!bytes) return bytes.error();
  auto corpus = parse_corpus(*bytes);
  if (!corpus) return Error{corpus.error().code, path + ": " + corpus.error().message};
  return CorpusFile{std::move(*corpus), sha256_hex(*bytes)};
}

}  // namespace terpsi::native
