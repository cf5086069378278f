#pragma once
// The dance that a kept range is taken from.

#include "generate/constrain/blend_state.h"

namespace terpsi::generate {

// Root of the dance that range `range` is kept from, metres, at any frame: before its start and after its end
// it comes to rest.
Eigen::Vector3d source_root(const BlendState& s, std::size_t range, std::ptrdiff_t frame);

}  // namespace terpsi::generate
