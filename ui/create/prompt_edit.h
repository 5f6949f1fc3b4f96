#pragma once

#include <QPlainTextEdit>
#include <QStringList>

namespace ui {

class PromptHighlighter;

/// A prompt: grows with its text, Tab leaves it, Ctrl+Up/Down weighs, Alt+Left/Right moves phrases,
/// Alt+Up/Down goes through what was asked before.
class PromptEdit : public QPlainTextEdit
{
    Q_OBJECT
public:
    /// \param lowest, highest  height in pixels at the least and at the most
    PromptEdit(int lowest, int highest, QWidget *parent = nullptr);

    /// Prompts used before, newest first; what is typed now comes before the first.
    void setHistory(const QStringList &history);
    void setKnownNames(const QSet<QString> &names);
    /// Replaces the text so that Ctrl+Z brings the old one back.
    void replaceText(const QString &text);

    void changeSelectedWeight(double delta);
    void moveSelectedPhrase(int direction);
    /// direction 1: older, -1: newer.
    void showHistory(int direction);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    bool event(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    bool isOwnKey(const QKeyEvent &event) const;
    void apply(const struct PromptEditResult &result);
    void adjustHeight();
    void updateColours();

    PromptHighlighter *m_highlighter;
    int m_lowest;
    int m_highest;
    int m_height;
    QStringList m_history;
    int m_historyIndex = -1; ///< -1: what was typed
    QString m_typed;
    bool m_isShowingHistory = false;
};

} // namespace ui
