#pragma once

#include <QByteArray>
#include <QDateTime>
#include <QList>
#include <QMetaType>
#include <QSize>
#include <QString>
#include <QStringList>

namespace app {

/// What the user gave a picture. Kept in a journal beside the pictures (GalleryJournal); the index repeats it.
struct PictureMarks
{
    int stars = 0;                ///< 0..5
    int label = 0;                ///< 0 none, 1..5 red, yellow, green, blue, purple (labelNames())
    bool isRejected = false;      //
    QStringList tags = {};        ///< sorted, without repeats, lower and upper case are one
    QString note = {};            //
    QStringList collections = {}; ///< ids of ordinary collections

    [[nodiscard]] bool isEmpty() const { return *this == PictureMarks(); }
    bool operator==(const PictureMarks &) const = default;
};

/// Why a file cannot be shown, or not wholly. Sentences: galleryFaultSentence().
enum class PictureFault { None, NoAccess, Broken, TextTooLong, TooLarge, NotAPicture };

/// A row of the gallery.
struct GalleryPicture
{
    qint64 id = 0;
    QString path = {};
    qint64 bytes = 0;
    qint64 modifiedMs = 0;
    QDateTime created = {};
    QSize size = {};
    QString prompt = {};
    QString negative = {};
    QString model = {};
    QString sampler = {};
    QString schedule = {};
    int steps = 0;
    double cfg = 0.0;
    quint64 seed = 0;
    int stars = 0;
    QByteArray recipe = {}; ///< compact JSON; empty: none was found
    int label = 0;          ///< as PictureMarks::label
    bool isRejected = false;
    QStringList tags = {};
    QString note = {};
    QStringList collections = {}; ///< ids
    QString folder = {};          ///< root folder of the gallery that it lies in
    QByteArray hash = {};         ///< of the content, 16 bytes; a file moved by hand is found by it
    QString parent = {};          ///< file name of the picture that it was branched from; empty: none
    int branchStep = 0;           ///< steps that are the parent's
    quint64 batch = 0;            ///< pictures of one job have the same number; 0: unknown
    bool hasSteps = false;        ///< its steps are kept beside it (TrajectoryStore::fileBeside)
    bool isMissing = false;       ///< its folder does not answer or has gone: the row stays
    PictureFault fault = PictureFault::None;

    [[nodiscard]] PictureMarks marks() const { return {stars, label, isRejected, tags, note, collections}; }
    void setMarks(const PictureMarks &marks);
    bool operator==(const GalleryPicture &) const = default;
};

/// As much of a row as sorting, grouping and counting all pictures needs.
struct GalleryKey
{
    qint64 id = 0;
    qint64 createdMs = 0;
    int stars = 0;
    qint64 bytes = 0;
    int label = 0;
    bool isRejected = false;
};

enum class CollectionKind { Ordinary, Smart, SavedSearch };

/// A named set of pictures. Ordinary ones hold what was put in, the others are a query that is asked anew.
struct GalleryCollection
{
    QString id = {};
    QString name = {};
    CollectionKind kind = CollectionKind::Ordinary;
    QString query = {}; ///< empty for ordinary ones

    bool operator==(const GalleryCollection &) const = default;
};

/// A folder that the gallery shows.
struct GalleryFolder
{
    enum class State { Ready, Scanning, Gone, NotAnswering, NotReadable };
    QString path = {};
    bool isMain = false; ///< the one that new pictures go to
    State state = State::Ready;
    bool isReadOnly = false; ///< marks are kept in the program's own folder
    int pictures = 0;

    bool operator==(const GalleryFolder &) const = default;
};

enum class GallerySort { Date, Stars, Seed, Model, Size, Name, Random };
enum class GalleryGrouping { None, Day, Batch, Model };

/// Neighbours in the order of a view that belong together.
struct GalleryGroup
{
    QString key = {};     ///< the same for the same day, batch or model from call to call
    QString heading = {}; ///< "Today", "12 November 2026", "red fox, 4 pictures", "starter"
    int first = 0;        ///< row
    int count = 0;
    QDate day = {}; ///< of the first picture

    bool operator==(const GalleryGroup &) const = default;
};

/// By what pictures are alike.
enum class Likeness { Prompt, Seed, Batch, Look };

/// What can be typed next in the search field.
struct GallerySuggestion
{
    QString text = {};   ///< stands in place of the word that is being typed, "sampler:euler"
    QString detail = {}; ///< what it means, or how many pictures have it
    bool isWhole = true; ///< a space follows; false: a value is to be typed after it ("steps:>")

    bool operator==(const GallerySuggestion &) const = default;
};

/// "red", "yellow", "green", "blue", "purple": as they are typed ("label:red") and stored.
[[nodiscard]] const QStringList &labelNames();
/// In words and in the user's language; empty for 0.
[[nodiscard]] QString labelTitle(int label);
/// What is wrong with a file and what to do; empty: nothing.
[[nodiscard]] QString galleryFaultSentence(const GalleryPicture &picture);

} // namespace app

Q_DECLARE_METATYPE(app::GalleryPicture)
