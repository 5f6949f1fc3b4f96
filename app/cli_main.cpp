#include "app/cli/command.h"

#include <QGuiApplication>

#include <algorithm>
#include <clocale>
#include <cstdlib>
#include <cstring>
#include <langinfo.h>
#include <memory>

int main(int argc, char *argv[])
{
    // Qt complains on standard error about locales that are not UTF-8, and takes this one instead.
    std::setlocale(LC_ALL, "");
    if (std::strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
        setenv("LC_ALL", "C.UTF-8", 1);
    // Contact sheets have text, and fonts need the larger application; it asks for no display.
    const bool drawsText =
        std::any_of(argv + 1, argv + argc, [](const char *word) { return std::strstr(word, "sheet-") != nullptr; });
    if (drawsText)
        setenv("QT_QPA_PLATFORM", "offscreen", 1);
    const std::unique_ptr<QCoreApplication> program =
        drawsText ? std::make_unique<QGuiApplication>(argc, argv) : std::make_unique<QCoreApplication>(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("tincture"));
    return app::cli::runProgram(QCoreApplication::arguments().mid(1));
}
