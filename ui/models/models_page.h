#pragma once

#include "ui/common/page.h"

#include <QPersistentModelIndex>
#include <QString>

class QListView;
class QStackedWidget;

namespace app {
class Studio;
struct ModelEntry;
} // namespace app

namespace ui {

class Badge;
class Banner;
class Button;
class EmptyState;
class FactList;
class FlowLayout;
class FreeSpace;
class Label;
class ModelFilter;
class ModelList;
class SearchField;
class SourceList;

/// What models are here and whether they work.
class ModelsPage : public Page
{
    Q_OBJECT
public:
    explicit ModelsPage(app::Studio &studio, QWidget *parent = nullptr);
    ~ModelsPage() override;

    [[nodiscard]] SidePanel *leftPanel() const override { return m_left; }
    [[nodiscard]] SidePanel *rightPanel() const override { return m_right; }
    [[nodiscard]] QList<QWidget *> parts() const override;
    [[nodiscard]] PageStatus status() const override;
    void setCompact(bool narrow, bool low) override;
    void activate() override;

    /// Path of the model that the engine holds; empty: none.
    void setLoaded(const QString &path);
    /// Asks for a folder and looks for models in it.
    void addFolder();
    void focusSearch();

Q_SIGNALS:
    void useRequested(const QString &path);

private:
    QWidget *makeToolbar();
    void makePanel();
    void connectParts();
    void updateSources();
    void updateEmpty();
    void updatePanel();
    void useCurrent();
    [[nodiscard]] const app::ModelEntry *current() const;

    app::Studio &m_studio;
    ModelList *m_list;
    ModelFilter *m_filter;
    SidePanel *m_left;
    SidePanel *m_right;
    SourceList *m_sources;
    SearchField *m_search;
    QStackedWidget *m_middle;
    QWidget *m_table;
    QListView *m_view;
    EmptyState *m_empty;
    EmptyState *m_noHits;
    Label *m_name;
    Badge *m_badge;
    Label *m_about;
    QList<QWidget *> m_lines;
    FactList *m_facts;
    Label *m_suggestedTitle;
    QWidget *m_suggested;
    FlowLayout *m_chips;
    Button *m_use;
    Button *m_open;
    FreeSpace *m_free;
    QString m_loaded;
    bool m_isNarrow = false;
};

} // namespace ui
