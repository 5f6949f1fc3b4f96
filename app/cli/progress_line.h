#pragma once

#include <QElapsedTimer>
#include <QString>

#include <string>

namespace app::cli {

/// A line on standard error that rewrites itself on a terminal. Elsewhere it is silent, but for note() and lines that
/// ask to be kept.
class ProgressLine
{
public:
    ProgressLine();
    ~ProgressLine();
    ProgressLine(const ProgressLine &) = delete;
    ProgressLine &operator=(const ProgressLine &) = delete;

    /// "[######      ] text"; a fraction below 0 shows no bar.
    void show(double fraction, const QString &text);
    /// The same; where there is no terminal the text is a line of its own, at most one every `seconds`.
    void showOrLog(double fraction, const QString &text, int seconds);
    /// A line that stays.
    void note(const QString &text);
    void clear();

    [[nodiscard]] bool isOnTerminal() const { return m_isOnTerminal; }

private:
    bool m_isOnTerminal = false;
    bool m_isShown = false;
    QElapsedTimer m_sinceShown;
    QElapsedTimer m_sinceLogged;
};

/// "0:07", "12:30", "1:02:03"
[[nodiscard]] QString clockText(double seconds);

} // namespace app::cli
