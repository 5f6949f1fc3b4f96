#include "app/cli/progress_line.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <sys/ioctl.h>
#include <unistd.h>

namespace app::cli {

namespace {

int terminalWidth()
{
    winsize size{};
    return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

} // namespace

ProgressLine::ProgressLine() : m_isOnTerminal(isatty(STDERR_FILENO) == 1) {}

ProgressLine::~ProgressLine()
{
    clear();
}

void ProgressLine::show(double fraction, const QString &text)
{
    // Loading reports every tensor; nobody reads faster than this.
    constexpr int kLeastMs = 40;
    if (!m_isOnTerminal || (m_isShown && m_sinceShown.elapsed() < kLeastMs))
        return;
    constexpr int kBarWidth = 28;
    QString line;
    if (fraction >= 0.0) {
        const int filled = int(std::lround(std::clamp(fraction, 0.0, 1.0) * kBarWidth));
        line = QStringLiteral("[%1%2] ").arg(QString(filled, QLatin1Char('#')),
                                             QString(kBarWidth - filled, QLatin1Char(' ')));
    }
    line = (line + text).left(terminalWidth() - 1);
    std::fprintf(stderr, "\r\x1b[K%s", line.toUtf8().constData());
    std::fflush(stderr);
    m_isShown = true;
    m_sinceShown.start();
}

void ProgressLine::showOrLog(double fraction, const QString &text, int seconds)
{
    if (m_isOnTerminal)
        return show(fraction, text);
    if (m_sinceLogged.isValid() && m_sinceLogged.elapsed() < qint64(seconds) * 1000)
        return;
    m_sinceLogged.start();
    note(text);
}

void ProgressLine::note(const QString &text)
{
    clear();
    std::fprintf(stderr, "%s\n", text.toUtf8().constData());
}

void ProgressLine::clear()
{
    if (!m_isShown)
        return;
    std::fprintf(stderr, "\r\x1b[K");
    std::fflush(stderr);
    m_isShown = false;
}

QString clockText(double seconds)
{
    const qint64 whole = std::isfinite(seconds) ? qint64(std::ceil(std::clamp(seconds, 0.0, 1e9))) : 0;
    const QString tail = QStringLiteral("%1").arg(whole % 60, 2, 10, QLatin1Char('0'));
    if (whole < 3600)
        return QStringLiteral("%1:%2").arg(whole / 60).arg(tail);
    return QStringLiteral("%1:%2:%3").arg(whole / 3600).arg(whole / 60 % 60, 2, 10, QLatin1Char('0')).arg(tail);
}

} // namespace app::cli
