// Editing a prompt: weights, phrases, history, colours, counter.
#include "tests/support/checkpoint_files.h"
#include "ui/common/badge.h"
#include "ui/common/elided_label.h"
#include "ui/create/prompt_edit.h"
#include "ui/create/prompt_editing.h"
#include "ui/create/prompt_section.h"
#include "ui/create/token_counter.h"

#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace ui;

class CreatePromptTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void weightOfSelectionGroupOrWordChanges_data();
    void weightOfSelectionGroupOrWordChanges();
    void twoChangesGoBackToPlainText();
    void phraseMovesPastItsNeighbour_data();
    void phraseMovesPastItsNeighbour();
    void spansCoverWhatIsWeighted_data();
    void spansCoverWhatIsWeighted();
    void keysWeighAndUndoBringsBack();
    void historyGoesBackAndForth();
    void tabLeavesThePrompt();
    void promptGrowsWithItsText();
    void counterShowsChunks();
    void modelWithoutPromptSaysSo();
};

void CreatePromptTest::weightOfSelectionGroupOrWordChanges_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<int>("start");
    QTest::addColumn<int>("end");
    QTest::addColumn<double>("delta");
    QTest::addColumn<QString>("expected");
    QTest::addColumn<QString>("selected");
    const auto row = [](const char *name, const char *text, int start, int end, double delta, const char *expected,
                        const char *selected) {
        QTest::newRow(name) << QString(text) << start << end << delta << QString(expected) << QString(selected);
    };
    row("word at the cursor", "a red fox", 3, 3, 0.1, "a (red:1.1) fox", "red");
    row("word before the cursor", "a red", 5, 5, -0.1, "a (red:0.9)", "red");
    row("selection without its blanks", "a red fox now", 1, 9, 0.1, "a (red fox:1.1) now", "red fox");
    row("group around the cursor", "a (red fox:1.2), b", 6, 6, 0.1, "a (red fox:1.3), b", "red fox");
    row("group without a number", "(red)", 2, 2, 0.1, "(red:1.2)", "red");
    row("weight 1 takes the brackets away", "(red fox:1.1) x", 3, 3, -0.1, "red fox x", "red fox");
    row("inner group first", "(a (b:1.1):1.2)", 4, 4, 0.1, "(a (b:1.2):1.2)", "b");
    row("selected content of a group", "(red:1.2)", 1, 4, 0.1, "(red:1.3)", "red");
    row("selected group", "(red:1.2)", 0, 9, -0.1, "(red:1.1)", "red");
    row("part of a group gets its own", "(red fox:1.2)", 1, 4, 0.1, "((red:1.1) fox:1.2)", "red");
    row("escaped brackets are text", "\\(red\\)", 4, 4, 0.1, "\\((red:1.1)\\)", "red");
    row("tag changes by half", "a <lora:inky:0.8>", 6, 6, 0.1, "a <lora:inky:0.85>", "<lora:inky:0.85>");
    row("tag without a weight", "<lora:inky>", 3, 3, -0.1, "<lora:inky:0.95>", "<lora:inky:0.95>");
    row("never below 0", "(red:0.05)", 2, 2, -0.1, "(red:0)", "red");
    row("nothing between blanks", "a  b", 2, 2, 0.1, "a  b", "");
}

void CreatePromptTest::weightOfSelectionGroupOrWordChanges()
{
    QFETCH(QString, text);
    QFETCH(int, start);
    QFETCH(int, end);
    QFETCH(double, delta);
    QFETCH(QString, expected);
    QFETCH(QString, selected);
    const PromptEditResult result = changeWeight(text, start, end, delta);
    QCOMPARE(result.text, expected);
    QCOMPARE(result.changed, expected != text);
    if (result.changed)
        QCOMPARE(result.text.mid(result.start, result.end - result.start), selected);
}

void CreatePromptTest::twoChangesGoBackToPlainText()
{
    const PromptEditResult up = changeWeight(QStringLiteral("a red fox"), 3, 3, 0.1);
    const PromptEditResult down = changeWeight(up.text, up.start, up.end, -0.1);
    QCOMPARE(down.text, QStringLiteral("a red fox"));
}

void CreatePromptTest::phraseMovesPastItsNeighbour_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<int>("cursor");
    QTest::addColumn<int>("direction");
    QTest::addColumn<QString>("expected");
    QTest::newRow("right") << "owl, fox, cat" << 1 << 1 << "fox, owl, cat";
    QTest::newRow("left") << "owl, fox, cat" << 10 << -1 << "owl, cat, fox";
    QTest::newRow("not past the end") << "owl, fox" << 6 << 1 << "owl, fox";
    QTest::newRow("not past the start") << "owl, fox" << 1 << -1 << "owl, fox";
    QTest::newRow("commas in brackets are text") << "(a, b:1.2), c" << 3 << 1 << "c, (a, b:1.2)";
    QTest::newRow("blanks stay where they are") << "owl ,  fox" << 1 << 1 << "fox ,  owl";
}

void CreatePromptTest::phraseMovesPastItsNeighbour()
{
    QFETCH(QString, text);
    QFETCH(int, cursor);
    QFETCH(int, direction);
    QFETCH(QString, expected);
    const PromptEditResult result = movePhrase(text, cursor, cursor, direction);
    QCOMPARE(result.text, expected);
    if (result.changed) {
        // It can be moved on, and back.
        QCOMPARE(movePhrase(result.text, result.start, result.end, -direction).text, text);
    }
}

void CreatePromptTest::spansCoverWhatIsWeighted_data()
{
    QTest::addColumn<QString>("line");
    QTest::addColumn<QStringList>("spans");
    QTest::newRow("plain") << "a fox" << QStringList{};
    QTest::newRow("group") << "a (red fox:1.2), b" << QStringList{"(red fox:1.2)"};
    QTest::newRow("nested is one") << "((a) b) c" << QStringList{"((a) b)"};
    QTest::newRow("square") << "a [dull] b" << QStringList{"[dull]"};
    QTest::newRow("open to the end") << "a (b c" << QStringList{"(b c"};
    QTest::newRow("escaped") << "a \\(b\\)" << QStringList{};
    QTest::newRow("tag") << "x <lora:inky:0.8>" << QStringList{"<lora:inky:0.8>"};
    QTest::newRow("keyword") << "a BREAK b" << QStringList{"BREAK"};
}

void CreatePromptTest::spansCoverWhatIsWeighted()
{
    QFETCH(QString, line);
    QFETCH(QStringList, spans);
    PromptDepth depth;
    QStringList found;
    for (const PromptSpan &span : promptSpans(line, depth))
        found.append(line.mid(span.start, span.length));
    QCOMPARE(found, spans);
}

void CreatePromptTest::keysWeighAndUndoBringsBack()
{
    PromptEdit edit(84, 200);
    edit.setPlainText(QStringLiteral("owl, red fox"));
    edit.moveCursor(QTextCursor::End);
    QTest::keyClick(&edit, Qt::Key_Up, Qt::ControlModifier);
    QCOMPARE(edit.toPlainText(), QStringLiteral("owl, red (fox:1.1)"));
    QTest::keyClick(&edit, Qt::Key_Up, Qt::ControlModifier);
    QCOMPARE(edit.toPlainText(), QStringLiteral("owl, red (fox:1.2)"));
    QTest::keyClick(&edit, Qt::Key_Left, Qt::AltModifier);
    QCOMPARE(edit.toPlainText(), QStringLiteral("red (fox:1.2), owl"));
    QTest::keyClick(&edit, Qt::Key_Z, Qt::ControlModifier);
    QCOMPARE(edit.toPlainText(), QStringLiteral("owl, red (fox:1.2)"));
    QTest::keyClick(&edit, Qt::Key_Return, Qt::ControlModifier);
    QCOMPARE(edit.toPlainText(), QStringLiteral("owl, red (fox:1.2)"));
}

void CreatePromptTest::historyGoesBackAndForth()
{
    PromptEdit edit(84, 200);
    edit.setHistory({QStringLiteral("second"), QStringLiteral("first")});
    edit.setPlainText(QStringLiteral("typed"));
    QTest::keyClick(&edit, Qt::Key_Up, Qt::AltModifier);
    QCOMPARE(edit.toPlainText(), QStringLiteral("second"));
    QTest::keyClick(&edit, Qt::Key_Up, Qt::AltModifier);
    QTest::keyClick(&edit, Qt::Key_Up, Qt::AltModifier);
    QCOMPARE(edit.toPlainText(), QStringLiteral("first"));
    QTest::keyClick(&edit, Qt::Key_Down, Qt::AltModifier);
    QTest::keyClick(&edit, Qt::Key_Down, Qt::AltModifier);
    QCOMPARE(edit.toPlainText(), QStringLiteral("typed"));
}

void CreatePromptTest::tabLeavesThePrompt()
{
    PromptSection section;
    section.show();
    QVERIFY(QTest::qWaitForWindowExposed(&section));
    section.promptEdit()->setFocus();
    QTest::keyClick(section.promptEdit(), Qt::Key_Tab);
    QVERIFY(section.negativeEdit()->hasFocus());
    QCOMPARE(section.prompt(), QString());
}

void CreatePromptTest::promptGrowsWithItsText()
{
    PromptEdit edit(84, 200);
    edit.resize(300, 84);
    edit.show();
    QCOMPARE(edit.sizeHint().height(), 84);
    edit.setPlainText(QStringLiteral("a\nb\nc\nd\ne\nf\ng"));
    QVERIFY(edit.sizeHint().height() > 84);
    edit.setPlainText(QStringLiteral("x\n").repeated(40));
    QCOMPARE(edit.sizeHint().height(), 200);
}

void CreatePromptTest::counterShowsChunks()
{
    // Any single file has CLIP's vocabulary.
    QTemporaryDir folder;
    const QString model = folder.filePath(QStringLiteral("any.safetensors"));
    checkpoint_files::writeZeros(checkpoint_files::pathOf(model), original::tinySd1());
    TokenCounter counter;
    QSignalSpy counted(&counter, &TokenCounter::counted);
    counter.setModel(model);
    counter.count(0, QStringLiteral("a fox, (red:1.2)"), engine::PromptWeighting::A1111);
    QVERIFY(counted.wait());
    QCOMPARE(counted.last().at(0).toInt(), 0);
    QCOMPARE(counted.last().at(1).toInt(), 4); // a, fox, comma, red
    QCOMPARE(counted.last().at(2).toInt(), 75);
    // Only the newest of a burst is told.
    counted.clear();
    for (int words = 1; words <= 80; ++words)
        counter.count(1, QStringLiteral("fox ").repeated(words), engine::PromptWeighting::A1111);
    QTRY_VERIFY(!counted.isEmpty() && counted.last().at(1).toInt() == 80);
    QCOMPARE(counted.last().at(2).toInt(), 150);
    QVERIFY(counted.size() <= 2);
}

void CreatePromptTest::modelWithoutPromptSaysSo()
{
    PromptSection section;
    section.show();
    section.setModel(QStringLiteral("/nowhere/butterflies"), QStringLiteral("butterflies"), false);
    QVERIFY(!section.promptEdit()->isVisible());
    auto *words = section.findChild<Label *>(QStringLiteral("noPrompt"));
    QVERIFY(words->isVisible());
    QVERIFY(words->text().startsWith(QStringLiteral("butterflies takes no prompt")));
    section.setModel(QStringLiteral("/nowhere/other"), QStringLiteral("other"), true);
    QVERIFY(section.promptEdit()->isVisible());
    QVERIFY(!words->isVisible());
}

QTEST_MAIN(CreatePromptTest)
#include "create_prompt_test.moc"
