#pragma once
// cpp-httplib, configured alike everywhere.

#include <httplib.h>
#undef _res  // a macro of <resolv.h>, and a name in Eigen

// Of its source file; its header does not declare them.
namespace httplib::detail {
void get_local_ip_and_port(socket_t socket, std::string& ip, int& port);
void get_remote_ip_and_port(socket_t socket, std::string& ip, int& port);
bool is_chunked_transfer_encoding(const Headers& headers);
}  // namespace httplib::detail

namespace terpsi::native {

using HttpRequest = httplib::Request;
using HttpResponse = httplib::Response;

}  // namespace terpsi::native
