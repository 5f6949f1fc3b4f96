#include "app/cli/arguments.h"
#include "app/cli/command.h"
#include "app/cli/model_choice.h"
#include "engine/engine.h"

#include <QJsonObject>

namespace app::cli {

void runProbe(const QStringList &arguments)
{
    Arguments in(
        {.name = QStringLiteral("probe"),
         .text = QStringLiteral("Runs one network of a model once on the tensors of a file, and writes what comes out. "
                                "Tensors are named as the arguments of diffusers.")});
    const auto add = [&in](const char *name, const char *value, const char *text) {
        in.add(QLatin1String(name), QLatin1String(value), QLatin1String(text));
    };
    add("model", "PATH|NAME", "Model folder or file, or the name of one.");
    add("part", "NAME", "text_encoder, text_encoder_2, unet, vae_encoder, vae_decoder, ...");
    add("in", "FILE", "Tensors that go in (.safetensors).");
    add("out", "FILE", "Where those that come out go (.safetensors).");
    add("precision", "f32|bf16", "Numbers to compute with, f32 by default.");
    add("lora", "FILE:UNET:TEXT", "Adapter with its weights; may be repeated.");
    add("embedding", "FILE", "Textual inversion; may be repeated.");
    add("threads", "N", "Processor threads. Without it: one a core.");
    add("json", "", "Print one JSON object.");
    in.parse(arguments);
    for (const char *adapter : {"lora", "embedding"}) {
        if (in.has(QLatin1String(adapter))) {
            throw engine::Error(engine::ErrorKind::NotSupported, in.text(QLatin1String(adapter)).toStdString(),
                                std::string("--") + adapter + " is not supported yet");
        }
    }
    const engine::ProbeRequest request = {
        .model = findModel(in.required(QStringLiteral("model"))),
        .part = in.required(QStringLiteral("part")).toStdString(),
        .input = in.required(QStringLiteral("in")).toStdString(),
        .output = in.required(QStringLiteral("out")).toStdString(),
        .precision = in.choice(QStringLiteral("precision"), engine::Precision::Float32,
                               {{"f32", engine::Precision::Float32}, {"bf16", engine::Precision::BFloat16}}),
    };
    engine::makeEngine({.threads = int(in.integer(QStringLiteral("threads"), 0, 0, 1024))})->probe(request);
    const QString out = in.text(QStringLiteral("out"));
    if (in.has(QStringLiteral("json")))
        return printJson(QJsonObject{{QStringLiteral("out"), out}});
    print(out);
}

} // namespace app::cli
