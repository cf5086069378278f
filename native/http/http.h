#pragma once
// cpp-httplib, the same way everywhere.

#define CPPHTTPLIB_USE_POLL  // select() cannot take more than 1024 connections
#define CPPHTTPLIB_LISTEN_BACKLOG 1024
#include <httplib.h>

namespace terpsi::native {

using HttpRequest = httplib::Request;
using HttpResponse = httplib::Response;

}  // namespace terpsi::native
