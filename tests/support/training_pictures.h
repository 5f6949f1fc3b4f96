#pragma once

#include "engine/training/dataset.h"

#include <torch/torch.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace tests {

/// A picture of a few coloured squares, another one for every seed.
inline void writeTrainingPicture(const std::filesystem::path &file, std::uint64_t seed, int side = 16)
{
    std::filesystem::create_directories(file.parent_path());
    const torch::Generator generator = at::detail::createCPUGenerator(seed);
    const torch::Tensor squares =
        torch::rand({3, 4, 4}, generator, torch::TensorOptions().dtype(torch::kFloat32)) * 2.0 - 1.0;
    engine::writePng(file, engine::trainingImage(
                               squares.repeat_interleave(side / 4, 1).repeat_interleave(side / 4, 2).contiguous()));
}

inline void writeTextFile(const std::filesystem::path &file, const std::string &text)
{
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << text;
}

/// `count` pictures in subfolders named "red cat" and "blue_dog".
inline void writeTrainingSet(const std::filesystem::path &folder, int count)
{
    for (int i = 0; i < count; ++i) {
        const std::string name = std::to_string(i) + ".png";
        writeTrainingPicture(folder / (i % 2 == 0 ? "red cat" : "blue_dog") / name, static_cast<std::uint64_t>(i));
    }
}

} // namespace tests
