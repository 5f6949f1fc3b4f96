#include "ui/models/model_table.h"

#include "ui/common/focus_frame.h"
#include "ui/common/painting.h"
#include "ui/create/model_list.h"

#include <QLocale>

namespace ui {

namespace {

constexpr int kRow = 53;

} // namespace

QString bytesText(quint64 bytes)
{
    const double gigabytes = double(bytes) / 1e9;
    const QLocale locale;
    if (gigabytes >= 1.0)
        return QCoreApplication::translate("ui::ModelsPage", "%1 GB").arg(locale.toString(gigabytes, 'f', 2));
    return QCoreApplication::translate("ui::ModelsPage", "%1 MB")
        .arg(locale.toString(double(bytes) / 1e6, 'f', bytes < 10'000'000 ? 1 : 0));
}

ModelBadge modelBadge(const app::ModelEntry &entry, bool isLoaded)
{
    switch (entry.state) {
    case app::ModelState::Damaged:
        return {QCoreApplication::translate("ui::ModelsPage", "Damaged"), BadgeKind::Danger};
    case app::ModelState::Unsupported:
        return {QCoreApplication::translate("ui::ModelsPage", "Not supported"), BadgeKind::Warning};
    case app::ModelState::Missing:
        return {QCoreApplication::translate("ui::ModelsPage", "Missing"), BadgeKind::Danger};
    case app::ModelState::Ready:
        break;
    }
    if (isLoaded)
        return {QCoreApplication::translate("ui::ModelsPage", "Loaded"), BadgeKind::Accent};
    return {};
}

QString modelPrecision(const app::ModelEntry &entry)
{
    QString found;
    quint64 most = 0;
    for (const engine::PartInfo &part : entry.info.parts) {
        if (part.bytes > most && !part.dtype.empty()) {
            most = part.bytes;
            found = QString::fromStdString(part.dtype);
        }
    }
    if (found == QLatin1String("F32"))
        return QStringLiteral("float32");
    if (found == QLatin1String("F16"))
        return QStringLiteral("float16");
    if (found == QLatin1String("BF16"))
        return QStringLiteral("bfloat16");
    return found;
}

void ModelFilter::setWords(const QString &words)
{
    m_words = words.split(QLatin1Char(' '), Qt::SkipEmptyParts);
    invalidateFilter();
}

void ModelFilter::setFolder(const QString &folder)
{
    m_folder = folder;
    invalidateFilter();
}

bool ModelFilter::filterAcceptsRow(int row, const QModelIndex &parent) const
{
    const QModelIndex index = sourceModel()->index(row, 0, parent);
    const QString path = index.data(app::ModelCatalog::PathRole).toString();
    if (!m_folder.isEmpty() && !path.startsWith(m_folder + QLatin1Char('/')))
        return false;
    const QString text = QStringLiteral("%1 %2 %3")
                             .arg(index.data(Qt::DisplayRole).toString(),
                                  index.data(app::ModelCatalog::FamilyLabelRole).toString(), path);
    for (const QString &word : m_words) {
        if (!text.contains(word, Qt::CaseInsensitive))
            return false;
    }
    return true;
}

QVariant ModelFilter::data(const QModelIndex &index, int role) const
{
    if (role == Qt::AccessibleTextRole) {
        const auto entry = QSortFilterProxyModel::data(index, app::ModelCatalog::EntryRole).value<app::ModelEntry>();
        QStringList parts = {entry.name, QString::fromStdString(entry.info.familyLabel), bytesText(entry.info.bytes),
                             entry.failure.sentence};
        parts.removeAll(QString());
        return parts.join(QStringLiteral(", "));
    }
    return QSortFilterProxyModel::data(index, role);
}

ModelColumns::ModelColumns(int width)
{
    stateWidth = 112;
    precisionWidth = 80;
    sizeWidth = 84;
    state = width - 16 - stateWidth;
    precision = state - precisionWidth;
    size = precision - sizeWidth - 16;
    name = 72;
    const int rest = size - name;
    nameWidth = rest * 52 / 100;
    family = name + nameWidth;
    nameWidth -= 16;
    familyWidth = size - family - 8;
}

void ModelRowDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const Theme &t = theme();
    const auto entry = index.data(app::ModelCatalog::EntryRole).value<app::ModelEntry>();
    const QRectF row(option.rect);
    const bool on = option.state & QStyle::State_Selected;
    if (on)
        painter->fillRect(row, t.color(Token::AccentSoft));
    else if (option.state & QStyle::State_MouseOver)
        painter->fillRect(row, t.color(Token::Hover));
    painter->fillRect(QRectF(row.left(), row.bottom() - 1, row.width(), 1), t.color(Token::Line));
    if ((option.state & QStyle::State_HasFocus) && option.widget && showsKeyboardFocus(option.widget))
        drawBox(*painter, row.adjusted(2, 2, -2, -3), 4, {}, t.color(Token::Accent), 2);
    ModelRow model = modelRow(index, ModelList::roles());
    if (entry.state == app::ModelState::Unsupported)
        model.state = ModelState::Ready; // the sign of the kind, not of a fault
    const double centre = row.center().y() - 0.5;
    paintModelPicture(*painter, QRectF(row.left() + 16, centre - 20, 40, 40), model);
    const ModelColumns columns(option.rect.width());
    const auto cell = [&](int x, int width, double top, double height) {
        return QRectF(row.left() + x, top, width, height);
    };
    const bool hasFault = !entry.failure.sentence.isEmpty();
    drawElided(*painter, cell(columns.name, columns.nameWidth, hasFault ? centre - 18 : centre - 10, 20), model.name,
               t.font(TextStyle::Control), t.color(Token::Text));
    const QFont detail = t.font(TextStyle::Detail);
    if (hasFault)
        drawElided(*painter, cell(columns.name, columns.state - columns.name - 16, centre + 2, 16),
                   entry.failure.sentence, t.font(TextStyle::Caption),
                   t.color(entry.state == app::ModelState::Unsupported ? Token::Warning : Token::Danger));
    const double top = hasFault ? centre - 18 : centre - 10;
    drawElided(*painter, cell(columns.family, columns.familyWidth, top, 20),
               QString::fromStdString(entry.info.familyLabel), detail, t.color(Token::Text2));
    if (entry.info.bytes > 0)
        drawElided(*painter, cell(columns.size, columns.sizeWidth, top, 20), bytesText(entry.info.bytes), detail,
                   t.color(Token::Text), Qt::AlignRight | Qt::AlignVCenter);
    drawElided(*painter, cell(columns.precision, columns.precisionWidth - 8, top, 20), modelPrecision(entry), detail,
               t.color(Token::Text2));
    const ModelBadge badge = modelBadge(entry, entry.path == m_loaded);
    if (!badge.text.isEmpty())
        drawBadge(*painter, QPointF(row.left() + columns.state, centre), badge.text, badge.kind);
}

QSize ModelRowDelegate::sizeHint(const QStyleOptionViewItem &, const QModelIndex &) const
{
    return {480, kRow};
}

ModelTableHead::ModelTableHead(QWidget *parent) : QWidget(parent)
{
    setFixedHeight(29);
}

void ModelTableHead::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const Theme &t = theme();
    painter.fillRect(0, height() - 1, width(), 1, t.color(Token::Line));
    const ModelColumns columns(width());
    const QFont font = t.font(TextStyle::Label);
    const auto head = [&](int x, int w, const QString &text, Qt::Alignment side = Qt::AlignLeft) {
        drawElided(painter, QRectF(x, 0, w, height() - 1), text, font, t.color(Token::Text3), side | Qt::AlignVCenter);
    };
    head(columns.name, columns.nameWidth, tr("Name"));
    head(columns.family, columns.familyWidth, tr("Family"));
    head(columns.size, columns.sizeWidth, tr("Size"), Qt::AlignRight);
    head(columns.precision, columns.precisionWidth, tr("Precision"));
    head(columns.state, columns.stateWidth, tr("State"));
}

} // namespace ui
