// starter_eval MODEL PICTURES [--count N] [--guidance G] [--steps N] [--seed N] [--sheet FILE.png] [--threads N]
//              [--prompts "a|b|c"]
//
// How good a model of named pictures is. PICTURES is the folder that it was trained on (with captions.jsonl, as
// packaging/starter/make_data.cpp writes it). Prints
//   - the autoencoder's PSNR over all pictures (from the mean square over all of them, and the mean of each one's),
//   - for N captions drawn at random (by the weights that training draws them with): how often the picture that the
//     program makes of one with its default settings has as nearest neighbour in the autoencoder's latent space a
//     picture that carries this caption or one with the same main noun (top 1), or has one among its nearest five;
//   - the same for English captions alone, and how often it is the very picture;
//   - seconds a picture.
// With --sheet also a sheet of 48 of them, each beside the picture that its caption was drawn for; with --prompts
// only a sheet of those prompts, six seeds each.

#include "engine/core/tensor_file.h"
#include "engine/error.h"
#include "engine/pipeline/torch_engine.h"
#include "engine/training/autoencoder_trainer.h"
#include "engine/training/dataset.h"
#include "engine/training/diffusers_writer.h"

#include <nlohmann/json.hpp>
#include <torch/torch.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <random>
#include <set>
#include <sstream>

using namespace engine;
namespace fs = std::filesystem;

namespace {

struct Options
{
    fs::path model = {};
    fs::path pictures = {};
    fs::path sheet = {};
    int count = 300;
    double guidance = 0.0; ///< 0: the model's default
    int steps = 0;
    unsigned seed = 1;
    int threads = 0;
    std::vector<std::string> prompts = {};
};

struct Described
{
    std::string name;
    std::set<std::string> captions = {};
    std::set<std::string> englishCaptions = {};
};

/// What a picture shows, in a word: the last one of its name, without what comes after a colon ("thumbs up: dark skin
/// tone"); of "cat face" and the like the one before; of "flag: Chile" and "keycap: 1" what follows.
std::string mainNoun(const std::string &name)
{
    static const std::set<std::string> general = {"face",   "hand", "hands", "button", "sign",
                                                  "symbol", "man",  "woman", "person", "arrow"};
    const std::size_t colon = name.find(": ");
    if (name.starts_with("flag: ") || name.starts_with("keycap: "))
        return name;
    std::istringstream stream(name.substr(0, colon));
    std::vector<std::string> words;
    for (std::string word; stream >> word;)
        words.push_back(word);
    if (words.size() > 1 && general.contains(words.back()))
        words.pop_back();
    return words.empty() ? name : words.back();
}

std::vector<Described> readDescriptions(const fs::path &folder)
{
    std::ifstream stream(folder / "captions.jsonl");
    std::vector<Described> all;
    for (std::string line; std::getline(stream, line);) {
        const nlohmann::json picture = nlohmann::json::parse(line);
        Described described{.name = picture.at("name").get<std::string>()};
        for (const nlohmann::json &caption : picture.at("captions")) {
            described.captions.insert(caption.at("text").get<std::string>());
            if (caption.value("language", "en") == "en")
                described.englishCaptions.insert(caption.at("text").get<std::string>());
        }
        all.push_back(std::move(described));
    }
    return all;
}

template <typename List>
std::size_t drawByWeight(const List &list, std::mt19937 &random)
{
    std::vector<double> weights;
    for (const auto &each : list)
        weights.push_back(each.weight);
    return std::discrete_distribution<std::size_t>(weights.begin(), weights.end())(random);
}

torch::Tensor tensorOf(const Image &image)
{
    const torch::Tensor bytes = torch::from_blob(const_cast<std::uint8_t *>(image.pixels.data()),
                                                 {image.height, image.width, image.channels}, torch::kUInt8);
    return bytes.narrow(2, 0, 3).permute({2, 0, 1}).clone();
}

void writeSheet(const fs::path &file, const std::vector<torch::Tensor> &pictures, int64_t columns)
{
    const int64_t side = pictures.front().size(2);
    const int64_t rows = (static_cast<int64_t>(pictures.size()) + columns - 1) / columns;
    torch::Tensor sheet = torch::full({3, rows * side, columns * side}, 255, torch::kUInt8);
    for (int64_t i = 0; i < static_cast<int64_t>(pictures.size()); ++i)
        sheet.narrow(1, i / columns * side, side)
            .narrow(2, i % columns * side, side)
            .copy_(pictures[static_cast<std::size_t>(i)]);
    writePng(file, trainingImage(sheet.to(torch::kFloat32) / 127.5 - 1.0));
}

class Evaluation
{
public:
    explicit Evaluation(const Options &options)
        : m_options(options)
        , m_engine({.threads = options.threads})
        , m_info(inspectModel(options.model))
        , m_found(findPictures(options.pictures))
        , m_decoded(decodePictures(m_found, m_info.nativeWidth, {}, {}))
        , m_described(readDescriptions(options.pictures))
        , m_vae(readAutoencoder(options.model / "vae"))
    {
        if (m_described.size() != m_decoded.used.size())
            throw Error(ErrorKind::BadRequest, "captions.jsonl", "does not describe every picture that was read.");
    }

    void measureAutoencoder()
    {
        const torch::NoGradGuard noGrad;
        m_latents = encodeAll(m_vae, m_decoded.pictures, false, {}) * m_vae->config().scalingFactor;
        double sum = 0.0;
        for (int64_t i = 0; i < m_latents.size(0); i += 64) {
            const int64_t count = std::min<int64_t>(64, m_latents.size(0) - i);
            const torch::Tensor made = m_vae->decode(m_latents.narrow(0, i, count) / m_vae->config().scalingFactor);
            const torch::Tensor bytes = ((made + 1.0) * 127.5).clamp(0.0, 255.0).round();
            const torch::Tensor error = bytes - m_decoded.pictures.narrow(0, i, count).to(torch::kFloat32);
            const torch::Tensor squares = error.square().mean({1, 2, 3});
            m_squares += squares.to(torch::kFloat64).sum().item<double>();
            sum += (10.0 * torch::log10(255.0 * 255.0 / squares.clamp_min(1e-9))).sum().item<double>();
        }
        const auto count = static_cast<double>(m_latents.size(0));
        std::printf("autoencoder: %.2f dB over all %d pictures (mean of each one's: %.2f dB)\n",
                    10.0 * std::log10(255.0 * 255.0 * count / m_squares), static_cast<int>(count), sum / count);
    }

    void measurePrompts()
    {
        std::mt19937 random(m_options.seed);
        int english = 0;
        int hits1 = 0, hits5 = 0, very = 0, englishHits1 = 0, englishHits5 = 0;
        std::vector<torch::Tensor> sheet;
        for (int i = 0; i < m_options.count; ++i) {
            const std::size_t picture = drawByWeight(m_decoded.used, random);
            const auto &captions = m_decoded.used[picture].captions;
            const std::string &caption = captions[drawByWeight(captions, random)].text;
            const auto [image, latent] = make(caption, 1000 + static_cast<unsigned>(i));
            const torch::Tensor distances = (m_latents.flatten(1) - latent).square().sum(1);
            const torch::Tensor nearest = std::get<1>(distances.topk(5, 0, /*largest=*/false));
            int first = 6;
            for (int k = 4; k >= 0; --k) {
                if (matches(static_cast<std::size_t>(nearest[k].item<int64_t>()), picture, caption))
                    first = k;
            }
            const bool isEnglish = m_described[picture].englishCaptions.contains(caption);
            hits1 += first == 0;
            hits5 += first < 5;
            very += nearest[0].item<int64_t>() == static_cast<int64_t>(picture);
            english += isEnglish;
            englishHits1 += isEnglish && first == 0;
            englishHits5 += isEnglish && first < 5;
            if (sheet.size() < 96) {
                sheet.push_back(tensorOf(image));
                sheet.push_back(m_decoded.pictures[static_cast<int64_t>(picture)]);
            }
            if (first > 0)
                std::printf("  missed: \"%s\" -> %s\n", caption.c_str(),
                            m_described[static_cast<std::size_t>(nearest[0].item<int64_t>())].name.c_str());
        }
        const auto percent = [](int part, int whole) { return 100.0 * part / std::max(1, whole); };
        std::printf("%d captions: caption or main noun top 1 %.1f %%, top 5 %.1f %%; the very picture %.1f %%\n",
                    m_options.count, percent(hits1, m_options.count), percent(hits5, m_options.count),
                    percent(very, m_options.count));
        std::printf("%d English ones: top 1 %.1f %%, top 5 %.1f %%\n", english, percent(englishHits1, english),
                    percent(englishHits5, english));
        std::printf("%.3f s a picture (median)\n", medianSeconds());
        if (!m_options.sheet.empty())
            writeSheet(m_options.sheet, sheet, 16);
    }

    void drawPrompts()
    {
        constexpr unsigned kSeeds = 6;
        std::vector<torch::Tensor> sheet;
        for (const std::string &prompt : m_options.prompts) {
            for (unsigned seed = 1; seed <= kSeeds; ++seed)
                sheet.push_back(tensorOf(make(prompt, seed).first));
        }
        writeSheet(m_options.sheet, sheet, kSeeds * 2);
    }

private:
    std::pair<Image, torch::Tensor> make(const std::string &prompt, unsigned seed)
    {
        const fs::path file = fs::temp_directory_path() / "starter_eval.safetensors";
        GenerateRequest request{.model = m_options.model,
                                .prompt = prompt,
                                .sampler = m_info.defaultSampler,
                                .schedule = m_info.defaultSchedule,
                                .steps = m_options.steps > 0 ? m_options.steps : m_info.defaultSteps,
                                .guidanceScale = m_options.guidance > 0.0 ? m_options.guidance : m_info.defaultGuidance,
                                .seed = seed,
                                .saveLatentsFile = file,
                                .preview = PreviewContent::None};
        Image image;
        RunContext context;
        context.emit = [&](const Event &event) {
            if (const auto *finished = std::get_if<ImageFinished>(&event))
                image = finished->image;
        };
        const auto start = std::chrono::steady_clock::now();
        m_engine.generate(request, context);
        m_seconds.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
        const torch::Tensor latent = readTensors(file).at("latents").to(torch::kFloat32);
        fs::remove(file);
        return {image, latent.flatten()};
    }

    [[nodiscard]] bool matches(std::size_t found, std::size_t wanted, const std::string &caption) const
    {
        return found == wanted || m_described[found].captions.contains(caption) ||
               mainNoun(m_described[found].name) == mainNoun(m_described[wanted].name);
    }

    [[nodiscard]] double medianSeconds()
    {
        if (m_seconds.empty())
            return 0.0;
        std::sort(m_seconds.begin(), m_seconds.end());
        return m_seconds[m_seconds.size() / 2];
    }

    Options m_options;
    TorchEngine m_engine;
    ModelInfo m_info;
    std::vector<TrainingPicture> m_found;
    DecodedPictures m_decoded;
    std::vector<Described> m_described;
    AutoencoderKL m_vae;
    torch::Tensor m_latents;
    double m_squares = 0.0;
    std::vector<double> m_seconds;
};

Options parse(int argc, char **argv)
{
    if (argc < 3)
        throw Error(ErrorKind::BadRequest, "", "usage: starter_eval MODEL PICTURES [options]");
    Options options{.model = argv[1], .pictures = argv[2]};
    for (int i = 3; i + 1 < argc; i += 2) {
        const std::string name = argv[i];
        const char *value = argv[i + 1];
        if (name == "--count")
            options.count = std::atoi(value);
        else if (name == "--guidance")
            options.guidance = std::atof(value);
        else if (name == "--steps")
            options.steps = std::atoi(value);
        else if (name == "--seed")
            options.seed = static_cast<unsigned>(std::atoi(value));
        else if (name == "--threads")
            options.threads = std::atoi(value);
        else if (name == "--sheet")
            options.sheet = value;
        else if (name == "--prompts") {
            std::istringstream stream(value);
            for (std::string prompt; std::getline(stream, prompt, '|');)
                options.prompts.push_back(prompt);
        } else
            throw Error(ErrorKind::BadRequest, name, "is no option.");
    }
    return options;
}

} // namespace

int main(int argc, char **argv)
{
    try {
        const Options options = parse(argc, argv);
        Evaluation evaluation(options);
        if (!options.prompts.empty()) {
            evaluation.drawPrompts();
            return 0;
        }
        evaluation.measureAutoencoder();
        evaluation.measurePrompts();
        return 0;
    } catch (const std::exception &error) {
        std::fprintf(stderr, "starter_eval: %s\n", error.what());
        return 1;
    }
}
