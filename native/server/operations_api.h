#pragma once
// For those who run the server and for programs that want to know what it can do.

#include "native/server/site.h"

namespace terpsi::native {

void get_healthz(Call& call);  // the process answers
void get_readyz(Call& call);   // and renders and dances can be taken in
void get_metrics(Call& call);  // for private addresses only
void get_models(Call& call);
void get_openapi(Call& call);

}  // namespace terpsi::native
