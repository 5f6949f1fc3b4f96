#include "app/gallery_picture.h"

#include <QCoreApplication>
#include <QFileInfo>

namespace app {

namespace {

struct GalleryTexts
{
    Q_DECLARE_TR_FUNCTIONS(app::GalleryPicture)
};

} // namespace

void GalleryPicture::setMarks(const PictureMarks &marks)
{
    stars = marks.stars;
    label = marks.label;
    isRejected = marks.isRejected;
    tags = marks.tags;
    note = marks.note;
    collections = marks.collections;
}

const QStringList &labelNames()
{
    static const QStringList names = {QStringLiteral("red"), QStringLiteral("yellow"), QStringLiteral("green"),
                                      QStringLiteral("blue"), QStringLiteral("purple")};
    return names;
}

QString labelTitle(int label)
{
    switch (label) {
    case 1:
        return GalleryTexts::tr("Red");
    case 2:
        return GalleryTexts::tr("Yellow");
    case 3:
        return GalleryTexts::tr("Green");
    case 4:
        return GalleryTexts::tr("Blue");
    case 5:
        return GalleryTexts::tr("Purple");
    default:
        return {};
    }
}

QString galleryFaultSentence(const GalleryPicture &picture)
{
    const QString name = QFileInfo(picture.path).fileName();
    if (picture.isMissing)
        return GalleryTexts::tr("The folder of \"%1\" does not answer. Connect its disk, or find the folder again.")
            .arg(name);
    switch (picture.fault) {
    case PictureFault::None:
        return {};
    case PictureFault::NoAccess:
        return GalleryTexts::tr("\"%1\" may not be read. Change the rights of the file.").arg(name);
    case PictureFault::Broken:
        return GalleryTexts::tr("\"%1\" ends too early or is damaged. Copy it again from where it came from.")
            .arg(name);
    case PictureFault::TextTooLong:
        return GalleryTexts::tr("\"%1\" holds a text of more than 16 MB, which is passed over. The picture is fine.")
            .arg(name);
    case PictureFault::TooLarge:
        return GalleryTexts::tr("\"%1\" is too large to be shown: %2 x %3 pixels. Its settings are read all the same.")
            .arg(name)
            .arg(picture.size.width())
            .arg(picture.size.height());
    case PictureFault::NotAPicture:
        return GalleryTexts::tr("\"%1\" is no picture that this program reads, whatever its name says.").arg(name);
    }
    return {};
}

} // namespace app
