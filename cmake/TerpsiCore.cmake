# terpsi_core: pure computation, the same sources natively and in WebAssembly.
file(GLOB_RECURSE _core CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/core/*.cpp")
if(NOT _core)  # a library needs a source; the contracts are headers
  set(_core "${CMAKE_BINARY_DIR}/generated/empty_core.cpp")
  file(WRITE "${_core}" "")
endif()
if(EMSCRIPTEN)  # NumPy archives are read natively only, with zlib
  list(FILTER _core EXCLUDE REGEX "/core/format/(inflate|npz)\\.cpp$")
endif()
terpsi_units(_core ${_core})
add_library(terpsi_core STATIC ${_core})
target_include_directories(terpsi_core PUBLIC "${CMAKE_SOURCE_DIR}/core" PRIVATE "${CMAKE_SOURCE_DIR}")
# JSON errors are reported through its non-throwing interface; core has to build without exceptions.
target_compile_definitions(terpsi_core PUBLIC EIGEN_MPL2_ONLY $<$<BOOL:${EMSCRIPTEN}>:JSON_NOEXCEPTION>)
target_link_libraries(terpsi_core PUBLIC third_headers PRIVATE terpsi_flags third_kissfft)
if(NOT EMSCRIPTEN)
  target_link_libraries(terpsi_core PRIVATE ZLIB::ZLIB)
endif()
