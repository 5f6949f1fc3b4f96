#include "ui/common/formula.h"

#include <QFontMetricsF>
#include <QHash>
#include <QPainterPath>

#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

namespace ui {

namespace {

constexpr double kScriptScale = 0.7;

struct Node;
using Nodes = std::vector<std::unique_ptr<Node>>;

struct Node
{
    enum class Kind { Letters, Sign, Space, Row, Script, Root, Accent };
    Kind kind = Kind::Row;
    QString text = {};   // Letters, Sign; of an accent its name
    Nodes children = {}; // Row: all; Script: base, below, above (either may be empty); Root, Accent: one
    double space = 0.0;  // in em
};

std::unique_ptr<Node> leaf(Node::Kind kind, const QString &text)
{
    auto node = std::make_unique<Node>();
    node->kind = kind;
    node->text = text;
    return node;
}

const QHash<QString, QString> &letterNames()
{
    static const QHash<QString, QString> names = {
        {QStringLiteral("alpha"), QStringLiteral("α")},   {QStringLiteral("beta"), QStringLiteral("β")},
        {QStringLiteral("gamma"), QStringLiteral("γ")},   {QStringLiteral("delta"), QStringLiteral("δ")},
        {QStringLiteral("epsilon"), QStringLiteral("ε")}, {QStringLiteral("theta"), QStringLiteral("θ")},
        {QStringLiteral("lambda"), QStringLiteral("λ")},  {QStringLiteral("mu"), QStringLiteral("μ")},
        {QStringLiteral("sigma"), QStringLiteral("σ")},   {QStringLiteral("tau"), QStringLiteral("τ")},
        {QStringLiteral("phi"), QStringLiteral("φ")},     {QStringLiteral("Delta"), QStringLiteral("Δ")},
        {QStringLiteral("ell"), QStringLiteral("ℓ")},
    };
    return names;
}

const QHash<QString, QString> &signNames()
{
    static const QHash<QString, QString> names = {
        {QStringLiteral("cdot"), QStringLiteral("·")},   {QStringLiteral("times"), QStringLiteral("×")},
        {QStringLiteral("approx"), QStringLiteral("≈")}, {QStringLiteral("sim"), QStringLiteral("∼")},
        {QStringLiteral("in"), QStringLiteral("∈")},     {QStringLiteral("sum"), QStringLiteral("∑")},
        {QStringLiteral("to"), QStringLiteral("→")},     {QStringLiteral("|"), QStringLiteral("‖")},
    };
    return names;
}

bool isRelation(QChar c)
{
    return QStringLiteral("=+−·×≈∼∈→<>").contains(c);
}

class Parser
{
public:
    explicit Parser(const QString &source) : m_source(source) {}

    std::unique_ptr<Node> row(QChar end = {})
    {
        auto result = std::make_unique<Node>();
        while (m_at < m_source.size() && (end.isNull() || m_source.at(m_at) != end)) {
            if (std::unique_ptr<Node> node = scripted())
                result->children.push_back(std::move(node));
        }
        ++m_at; // the end
        return result;
    }

private:
    std::unique_ptr<Node> scripted()
    {
        std::unique_ptr<Node> base = atom();
        std::unique_ptr<Node> below;
        std::unique_ptr<Node> above;
        while (m_at < m_source.size() &&
               (m_source.at(m_at) == QLatin1Char('_') || m_source.at(m_at) == QLatin1Char('^'))) {
            std::unique_ptr<Node> &target = m_source.at(m_at) == QLatin1Char('_') ? below : above;
            ++m_at;
            target = atom();
        }
        if (!below && !above)
            return base;
        auto script = std::make_unique<Node>();
        script->kind = Node::Kind::Script;
        script->children.push_back(base ? std::move(base) : std::make_unique<Node>());
        script->children.push_back(std::move(below));
        script->children.push_back(std::move(above));
        return script;
    }

    std::unique_ptr<Node> atom()
    {
        while (m_at < m_source.size() && m_source.at(m_at).isSpace())
            ++m_at;
        if (m_at >= m_source.size())
            return nullptr;
        const QChar c = m_source.at(m_at++);
        if (c == QLatin1Char('{'))
            return row(QLatin1Char('}'));
        if (c == QLatin1Char('\\'))
            return command();
        if (c == QLatin1Char('-'))
            return leaf(Node::Kind::Sign, QStringLiteral("−"));
        return leaf(c.isLetter() ? Node::Kind::Letters : Node::Kind::Sign, c);
    }

    std::unique_ptr<Node> command()
    {
        QString name;
        while (m_at < m_source.size() && m_source.at(m_at).isLetter())
            name += m_source.at(m_at++);
        if (name.isEmpty() && m_at < m_source.size())
            name = m_source.at(m_at++);
        if (name == QLatin1String(",")) {
            auto space = std::make_unique<Node>();
            space->kind = Node::Kind::Space;
            space->space = 0.22;
            return space;
        }
        if (name == QLatin1String("text")) {
            QString words;
            if (m_at < m_source.size() && m_source.at(m_at) == QLatin1Char('{'))
                ++m_at;
            while (m_at < m_source.size() && m_source.at(m_at) != QLatin1Char('}'))
                words += m_source.at(m_at++);
            ++m_at;
            return leaf(Node::Kind::Sign, words);
        }
        if (name == QLatin1String("sqrt") || name == QLatin1String("bar") || name == QLatin1String("hat") ||
            name == QLatin1String("tilde")) {
            auto node = leaf(name == QLatin1String("sqrt") ? Node::Kind::Root : Node::Kind::Accent, name);
            std::unique_ptr<Node> inner = atom();
            node->children.push_back(inner ? std::move(inner) : std::make_unique<Node>());
            return node;
        }
        if (letterNames().contains(name))
            return leaf(Node::Kind::Letters, letterNames().value(name));
        return leaf(Node::Kind::Sign, signNames().value(name, name));
    }

    QString m_source;
    qsizetype m_at = 0;
};

QFont fontOf(double pixelSize, bool isItalic)
{
    QFont font = theme().font(TextStyle::Formula);
    font.setPixelSize(std::max(1, int(std::lround(pixelSize))));
    font.setItalic(isItalic);
    return font;
}

/// Measures, and draws where there is a painter.
class Layout
{
public:
    Layout(QPainter *painter, const QColor &color) : m_painter(painter), m_color(color) {}

    FormulaSize put(const Node &node, QPointF at, double size)
    {
        switch (node.kind) {
        case Node::Kind::Letters:
        case Node::Kind::Sign:
            return putText(node, at, size);
        case Node::Kind::Space:
            return {node.space * size, 0.0, 0.0};
        case Node::Kind::Row:
            return putRow(node, at, size);
        case Node::Kind::Script:
            return putScript(node, at, size);
        case Node::Kind::Root:
            return putRoot(node, at, size);
        case Node::Kind::Accent:
            return putAccent(node, at, size);
        }
        return {};
    }

private:
    FormulaSize putText(const Node &node, QPointF at, double size)
    {
        const QFont font = fontOf(size, node.kind == Node::Kind::Letters);
        const QFontMetricsF metrics(font);
        const double pad = node.text.size() == 1 && isRelation(node.text.front()) ? 0.24 * size : 0.0;
        const QRectF ink = metrics.tightBoundingRect(node.text);
        if (m_painter) {
            m_painter->setFont(font);
            m_painter->setPen(m_color);
            m_painter->drawText(QPointF(at.x() + pad, at.y()), node.text);
        }
        return {metrics.horizontalAdvance(node.text) + 2 * pad, std::max(0.0, -ink.top()), std::max(0.0, ink.bottom())};
    }

    FormulaSize putRow(const Node &node, QPointF at, double size)
    {
        FormulaSize whole;
        for (const auto &child : node.children) {
            const FormulaSize part = put(*child, QPointF(at.x() + whole.width, at.y()), size);
            whole.width += part.width;
            whole.ascent = std::max(whole.ascent, part.ascent);
            whole.descent = std::max(whole.descent, part.descent);
        }
        return whole;
    }

    FormulaSize putScript(const Node &node, QPointF at, double size)
    {
        FormulaSize whole = put(*node.children[0], at, size);
        const double base = whole.width;
        const double small = std::max(8.0, size * kScriptScale);
        if (node.children[1]) {
            const double drop = 0.24 * size;
            const FormulaSize below = put(*node.children[1], at + QPointF(base + 0.02 * size, drop), small);
            whole.width = std::max(whole.width, base + below.width + 0.06 * size);
            whole.descent = std::max(whole.descent, below.descent + drop);
        }
        if (node.children[2]) {
            const double rise = 0.42 * size;
            const FormulaSize above = put(*node.children[2], at + QPointF(base + 0.06 * size, -rise), small);
            whole.width = std::max(whole.width, base + above.width + 0.1 * size);
            whole.ascent = std::max(whole.ascent, above.ascent + rise);
        }
        return whole;
    }

    void stroke(const QPainterPath &path, double width)
    {
        if (!m_painter)
            return;
        m_painter->setRenderHint(QPainter::Antialiasing);
        m_painter->setBrush(Qt::NoBrush);
        m_painter->setPen(QPen(m_color, width, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        m_painter->drawPath(path);
    }

    FormulaSize putRoot(const Node &node, QPointF at, double size)
    {
        const double hook = 0.55 * size;
        FormulaSize inner = put(*node.children[0], at + QPointF(hook + 0.06 * size, 0), size);
        const double top = inner.ascent + 0.2 * size;
        const double bottom = std::max(inner.descent, 0.08 * size);
        const double right = hook + inner.width + 0.14 * size;
        QPainterPath path;
        path.moveTo(at + QPointF(0.06 * size, -0.28 * size));
        path.lineTo(at + QPointF(0.18 * size, -0.36 * size));
        path.lineTo(at + QPointF(0.34 * size, bottom));
        path.lineTo(at + QPointF(hook, -top));
        path.lineTo(at + QPointF(right, -top));
        stroke(path, std::max(1.0, size / 14.0));
        return {right + 0.06 * size, top + 1.0, bottom + 1.0};
    }

    FormulaSize putAccent(const Node &node, QPointF at, double size)
    {
        const FormulaSize inner = put(*node.children[0], at, size);
        const double lean = 0.06 * size; // italic letters lean to the right
        const double y = at.y() - inner.ascent - 0.14 * size;
        const double middle = at.x() + inner.width / 2.0 + lean;
        const double half = std::clamp(inner.width / 2.0 - 0.02 * size, 0.16 * size, 0.3 * size);
        QPainterPath path;
        if (node.text == QLatin1String("hat")) {
            path.moveTo(middle - half * 0.8, y + 0.06 * size);
            path.lineTo(middle, y - 0.1 * size);
            path.lineTo(middle + half * 0.8, y + 0.06 * size);
        } else if (node.text == QLatin1String("tilde")) {
            path.moveTo(middle - half, y + 0.04 * size);
            path.cubicTo(middle - half * 0.3, y - 0.14 * size, middle + half * 0.3, y + 0.14 * size, middle + half,
                         y - 0.04 * size);
        } else {
            path.moveTo(middle - half, y);
            path.lineTo(middle + half, y);
        }
        stroke(path, std::max(1.0, size / 15.0));
        return {inner.width, inner.ascent + 0.28 * size, inner.descent};
    }

    QPainter *m_painter;
    QColor m_color;
};

} // namespace

void drawFormula(QPainter &painter, const QPointF &origin, const QString &source, double pixelSize, const QColor &color)
{
    painter.save();
    Layout(&painter, color).put(*Parser(source).row(), origin, pixelSize);
    painter.restore();
}

FormulaSize formulaSize(const QString &source, double pixelSize)
{
    return Layout(nullptr, {}).put(*Parser(source).row(), {}, pixelSize);
}

Formula::Formula(const QString &source, const QString &spoken, QWidget *parent) : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setSource(source, spoken);
    connect(&theme(), &Theme::changed, this, [this] {
        updateGeometry();
        update();
    });
}

void Formula::setSource(const QString &source, const QString &spoken)
{
    m_source = source;
    setAccessibleName(spoken);
    setToolTip(spoken);
    updateGeometry();
    update();
}

void Formula::setPixelSize(double pixelSize)
{
    m_pixelSize = pixelSize;
    updateGeometry();
    update();
}

void Formula::setColor(Token color)
{
    m_color = color;
    update();
}

QSize Formula::sizeHint() const
{
    const FormulaSize size = formulaSize(m_source, m_pixelSize);
    return {int(std::ceil(size.width)) + 2, int(std::ceil(size.ascent + size.descent)) + 2};
}

void Formula::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const FormulaSize size = formulaSize(m_source, m_pixelSize);
    const double top = (height() - size.ascent - size.descent) / 2.0;
    drawFormula(painter, QPointF(1, top + size.ascent), m_source, m_pixelSize, theme().color(m_color));
}

} // namespace ui
