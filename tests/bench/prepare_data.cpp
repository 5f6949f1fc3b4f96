// prepare_data FOLDER OUT [--size N] [--pieces N] [--tokens N] [--vocabulary spiece.model] [--names FILE]
//
// Turns a folder of pictures with captions into OUT/data.safetensors for train_prepared, and makes a vocabulary of the
// captions in OUT/tokenizer unless one is named. --pieces 0: no captions. --names: use only the pictures whose
// first captions (their names) are lines of FILE.

#include "engine/error.h"
#include "engine/training/dataset.h"
#include "engine/training/diffusers_writer.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <set>

using namespace engine;
namespace fs = std::filesystem;

namespace {

int prepare(int argc, char **argv)
{
    const fs::path folder = argv[1];
    const fs::path out = argv[2];
    int size = 128;
    int pieces = 8000;
    int length = 32;
    fs::path vocabularyFile;
    std::set<std::string> names;
    for (int i = 3; i + 1 < argc; i += 2) {
        const std::string option = argv[i];
        if (option == "--size")
            size = std::atoi(argv[i + 1]);
        else if (option == "--pieces")
            pieces = std::atoi(argv[i + 1]);
        else if (option == "--tokens")
            length = std::atoi(argv[i + 1]);
        else if (option == "--vocabulary")
            vocabularyFile = argv[i + 1];
        else if (option == "--names") {
            std::ifstream stream(argv[i + 1]);
            for (std::string line; std::getline(stream, line);)
                names.insert(line);
            if (names.empty())
                throw Error(ErrorKind::FileUnreadable, argv[i + 1], "holds no names.");
        }
    }
    RunContext context;
    context.emit = [](const Event &event) {
        if (const auto *notice = std::get_if<Notice>(&event))
            std::printf("%s\n", notice->text.c_str());
    };
    std::vector<TrainingPicture> pictures = findPictures(folder);
    if (!names.empty())
        std::erase_if(pictures, [&](const TrainingPicture &p) {
            return p.captions.empty() || !names.contains(p.captions.front().text);
        });
    const DecodedPictures decoded = decodePictures(pictures, size, {}, context);
    std::optional<Vocabulary> vocabulary;
    if (!vocabularyFile.empty())
        vocabulary = Vocabulary::load(vocabularyFile);
    else if (pieces > 0)
        vocabulary = Vocabulary::train(captionTexts(decoded.used), pieces);
    const PreparedData data = prepareData(decoded, vocabulary ? &*vocabulary : nullptr, length);
    fs::create_directories(out);
    savePreparedData(out / "data.safetensors", data);
    std::printf("%lld pictures, %d left out", static_cast<long long>(data.count()), decoded.skipped);
    if (vocabulary) {
        writeTokenizer(out / "tokenizer", vocabulary->serialized(), length);
        const torch::Tensor isCut = data.tokens.select(1, length - 1).ne(0);
        std::printf(", %lld captions, %.1f %% as long as the limit or longer, %d pieces",
                    static_cast<long long>(data.tokens.size(0)),
                    100.0 * isCut.to(torch::kFloat32).mean().item<double>(), vocabulary->size());
    }
    std::printf("\n");
    return 0;
}

} // namespace

int main(int argc, char **argv)
{
    try {
        if (argc >= 3)
            return prepare(argc, argv);
        std::fprintf(stderr, "usage: prepare_data FOLDER OUT [--size N] [--pieces N] [--tokens N]\n");
        return 2;
    } catch (const std::exception &error) {
        std::fprintf(stderr, "prepare_data: %s\n", error.what());
    } catch (const Cancelled &) {
    }
    return 1;
}
