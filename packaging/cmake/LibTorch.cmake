# Imported target `libtorch`: LibTorch as packaging/install-deps.sh unpacks it from its wheel.
# The wheel's own TorchConfig.cmake insists on a CUDA toolkit; linking needs only these.
set(_tincture_cache "$ENV{XDG_CACHE_HOME}")
if(NOT _tincture_cache)
    set(_tincture_cache "$ENV{HOME}/.cache")
endif()
set(TINCTURE_LIBTORCH "${_tincture_cache}/tincture/libtorch/torch" CACHE PATH "LibTorch 2.11 or newer: the folder with include/ and lib/")
if(NOT EXISTS "${TINCTURE_LIBTORCH}/lib/libtorch_cpu.so")
    message(FATAL_ERROR "No LibTorch in ${TINCTURE_LIBTORCH}. Run packaging/install-deps.sh, or name a copy with -DTINCTURE_LIBTORCH=DIR.")
endif()

find_package(OpenMP REQUIRED COMPONENTS CXX)
add_library(libtorch INTERFACE IMPORTED)
target_include_directories(libtorch SYSTEM INTERFACE
    "${TINCTURE_LIBTORCH}/include" "${TINCTURE_LIBTORCH}/include/torch/csrc/api/include")
target_compile_options(libtorch INTERFACE -fopenmp)
target_link_libraries(libtorch INTERFACE "${TINCTURE_LIBTORCH}/lib/libtorch_cpu.so" "${TINCTURE_LIBTORCH}/lib/libc10.so"
    OpenMP::OpenMP_CXX)
target_link_options(libtorch INTERFACE -Wl,--allow-shlib-undefined)
