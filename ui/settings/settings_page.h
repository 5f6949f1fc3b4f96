#pragma once

#include "ui/common/page.h"

#include <QList>

class QStackedWidget;
class QVBoxLayout;

namespace app {
class Studio;
}

namespace ui {

class FactList;
class Label;
class SearchField;
class SettingRow;
class SourceList;

/// Everything that can be set: sections at the left, cards of rows; saved as it is changed.
class SettingsPage : public Page
{
    Q_OBJECT
public:
    explicit SettingsPage(app::Studio &studio, QWidget *parent = nullptr);
    ~SettingsPage() override;

    [[nodiscard]] SidePanel *leftPanel() const override { return m_left; }
    [[nodiscard]] QList<QWidget *> parts() const override;
    [[nodiscard]] PageStatus status() const override;
    void activate() override;
    /// "appearance", "engine", "files", "diagnostics"
    void showSection(const QString &id);

private:
    struct Section
    {
        QString id;
        QString iconName;
        QString title;
        QWidget *page;
        QVBoxLayout *column;
    };
    Section &addSection(const QString &id, const QString &iconName, const QString &title);
    /// A card with a title above; rows go into it.
    QVBoxLayout *addCard(Section &section, const QString &title);
    SettingRow *addRow(QVBoxLayout *card, const QString &title, const QString &text, QWidget *control);
    void makeAppearance();
    void makeEngine();
    void makeFiles();
    void makeDiagnostics();
    void refreshFolders();
    void refreshDiagnostics();
    void search(const QString &text);

    app::Studio &m_studio;
    SidePanel *m_left;
    SourceList *m_sections;
    QStackedWidget *m_stack;
    Label *m_title;
    SearchField *m_search;
    QList<Section> m_pages;
    QVBoxLayout *m_folderCard = nullptr;
    FactList *m_facts = nullptr;
    SettingRow *m_device = nullptr;
};

} // namespace ui
