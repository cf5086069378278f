# Language level, warnings and code generation shared by everything we write.
# `terpsi_flags` is linked privately by our own targets only; third-party code is built with its own warnings off.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_C_STANDARD 11)

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Release or Debug" FORCE)
endif()
set(CMAKE_CXX_FLAGS_RELEASE "-O3 -DNDEBUG")
set(CMAKE_C_FLAGS_RELEASE "-O3 -DNDEBUG")
set(CMAKE_CXX_FLAGS_DEBUG "-O1 -g -fno-omit-frame-pointer")
set(CMAKE_C_FLAGS_DEBUG "-O1 -g -fno-omit-frame-pointer")

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_C_COMPILER_LAUNCHER "${CCACHE_PROGRAM}")
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CCACHE_PROGRAM}")
endif()

# Native and WebAssembly must agree to the last few bits: no fused multiply-add, no -ffast-math, no -march=native.
add_compile_options(-ffp-contract=off)

if(EMSCRIPTEN)
  add_compile_options(-msimd128 -fno-exceptions $<$<COMPILE_LANGUAGE:CXX>:-fno-rtti>)
elseif(TERPSI_SANITIZE STREQUAL "thread")
  add_compile_options(-fsanitize=thread)
  add_link_options(-fsanitize=thread)
elseif(TERPSI_SANITIZE)
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all -g1)  # lines in stack traces
  add_link_options(-fsanitize=address,undefined)
endif()

if(TERPSI_LIBFUZZER)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

add_library(terpsi_flags INTERFACE)
target_compile_options(terpsi_flags INTERFACE
  $<$<COMPILE_LANGUAGE:CXX>:-Wall;-Wextra;-Wpedantic;-Wshadow;-Wfloat-conversion;-Wnon-virtual-dtor;-Wextra-semi;-Werror>)
# GCC takes what a unit (TerpsiUnits.cmake) includes for headers, in which a class must not have members of local types.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(terpsi_flags INTERFACE -Wno-subobject-linkage)
endif()
# GCC 12 warns wrongly about overlapping copies in "literal" + std::string.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  target_compile_options(terpsi_flags INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-Wno-restrict>)
endif()
