#include "engine/engine.h"

#include <dlfcn.h>

#include <cstdlib>

namespace engine {

namespace {

std::filesystem::path libraryBesideProgram()
{
    const std::string name = "libtincture-engine.so";
    std::error_code ignored;
    const std::filesystem::path folder = std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path();
    for (const std::filesystem::path &candidate :
         {folder / name, folder / ".." / "lib" / name, folder / ".." / "lib" / "tincture" / name}) {
        if (std::filesystem::exists(candidate, ignored))
            return std::filesystem::weakly_canonical(candidate, ignored);
    }
    return name; // where the dynamic linker looks
}

} // namespace

std::unique_ptr<Engine> makeEngine(const EngineOptions &options)
{
    const std::filesystem::path library = options.library.empty() ? libraryBesideProgram() : options.library;
    // Threads that wait for each other spin only briefly: where another program wants the core too, spinning made a step
    // several times slower. libgomp reads this when the library below loads it.
    setenv("GOMP_SPINCOUNT", "20000", 0);
    void *handle = dlopen(library.c_str(), RTLD_NOW | RTLD_GLOBAL);
    if (!handle)
        throw Error(ErrorKind::Internal, library.string(), dlerror());
    using Maker = Engine *(*)(const EngineOptions &);
    const auto make = reinterpret_cast<Maker>(dlsym(handle, "tinctureMakeEngine"));
    if (!make)
        throw Error(ErrorKind::Internal, library.string(), "is not the engine of this program");
    return std::unique_ptr<Engine>(make(options));
}

} // namespace engine
