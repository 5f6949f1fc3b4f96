#include "app/recipe.h"
#include "app/studio.h"
#include "ui/common/theme.h"
#include "ui/main_window.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QDateTime>
#include <QLibraryInfo>
#include <QLocale>
#include <QTranslator>

#include <string_view>

namespace {

struct CommandLine
{
    CommandLine()
        : pictures(QStringLiteral("pictures"),
                   QCoreApplication::translate("main", "Save to and show this folder instead of the one in Settings."),
                   QCoreApplication::translate("main", "folder"))
    {
        parser.setApplicationDescription(
            QCoreApplication::translate("main", "A studio for diffusion models: make pictures and see them form."));
        parser.addHelpOption();
        parser.addVersionOption();
        parser.addPositionalArgument(
            QStringLiteral("files"),
            QCoreApplication::translate("main", "Models to use, or pictures whose settings are taken over."),
            QStringLiteral("[files...]"));
        parser.addOption(pictures);
    }

    QCommandLineParser parser;
    QCommandLineOption pictures;
};

/// --version and --help answer where there is no screen, too.
bool onlyAnswers(int argc, char **argv)
{
    static constexpr std::string_view kAnswers[] = {"-v", "--version", "-h", "--help", "-?"};
    for (int i = 1; i < argc; ++i) {
        for (const std::string_view answer : kAnswers) {
            if (answer == argv[i])
                return true;
        }
    }
    return false;
}

} // namespace

int main(int argc, char **argv)
{
    if (onlyAnswers(argc, argv)) {
        QCoreApplication application(argc, argv);
        QCoreApplication::setApplicationName(QStringLiteral("Tincture"));
        QCoreApplication::setApplicationVersion(app::programVersion());
        CommandLine().parser.process(application);
        return 0;
    }
    // Qt has FreeType thicken the stems of OpenType fonts, but blends without gamma: Inter would look bold. Zero
    // amounts undo that; a setting of the user's own is left alone.
    if (!qEnvironmentVariableIsSet("FREETYPE_PROPERTIES"))
        qputenv("FREETYPE_PROPERTIES", "cff:darkening-parameters=500,0,1000,0,1667,0,2333,0");
    QApplication::setHighDpiScaleFactorRoundingPolicy(Qt::HighDpiScaleFactorRoundingPolicy::PassThrough);
    QApplication application(argc, argv);
    QApplication::setApplicationName(QStringLiteral("tincture"));
    QApplication::setApplicationDisplayName(QStringLiteral("Tincture"));
    QApplication::setApplicationVersion(app::programVersion());
    QApplication::setDesktopFileName(QStringLiteral("tincture"));
    QApplication::setWindowIcon(QIcon::fromTheme(QStringLiteral("tincture")));
    application.setProperty("started", QDateTime::currentDateTime()); // pictures since then are "this session"

    // English first: its plurals serve wherever another language has no sentence.
    QTranslator english;
    if (english.load(QStringLiteral(":/i18n/tincture_en.qm")))
        QApplication::installTranslator(&english);
    QTranslator own;
    if (own.load(QLocale(), QStringLiteral("tincture"), QStringLiteral("_"), QStringLiteral(":/i18n")))
        QApplication::installTranslator(&own);
    QTranslator qt;
    if (qt.load(QLocale(), QStringLiteral("qtbase"), QStringLiteral("_"),
                QLibraryInfo::path(QLibraryInfo::TranslationsPath)))
        QApplication::installTranslator(&qt);

    CommandLine line;
    line.parser.process(application);

    ui::theme().install();
    app::Studio studio({.pictureFolder = line.parser.value(line.pictures)});
    ui::MainWindow window(studio);
    const QStringList files = line.parser.positionalArguments();
    // The engine opens and folders are read once the window is on the screen.
    QObject::connect(&window, &ui::MainWindow::firstPainted, &window, [&studio, &window, files] {
        studio.start();
        window.openFiles(files);
    });
    window.show();
    return QApplication::exec();
}
