#include "app/cli/command.h"

#include <QCoreApplication>

#include <clocale>
#include <cstdlib>
#include <cstring>
#include <langinfo.h>

int main(int argc, char *argv[])
{
    // Qt complains on standard error about locales that are not UTF-8, and takes this one instead.
    std::setlocale(LC_ALL, "");
    if (std::strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
        setenv("LC_ALL", "C.UTF-8", 1);
    const QCoreApplication program(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("tincture"));
    return app::cli::runProgram(QCoreApplication::arguments().mid(1));
}
