#include "app/failure.h"

#include <QFileInfo>
#include <QtDebug>

namespace app {

Failure Failure::fromError(const engine::Error &error)
{
    const QString subject = QString::fromStdString(error.subject);
    return {
        .kind = error.kind, .sentence = sentenceFor(error.kind, subject), .details = QString::fromUtf8(error.what())};
}

QString Failure::sentenceFor(engine::ErrorKind kind, const QString &subject)
{
    // Paths are long; the name says which file, the details say where.
    const QString fileName = QFileInfo(subject).fileName();
    const QString name = fileName.isEmpty() ? subject : fileName;
    switch (kind) {
    case engine::ErrorKind::BadRequest:
        //: %1 is the name of a setting
        return subject.isEmpty()
                   ? tr("These settings cannot be used together. The details say why.")
                   : tr("The value of \"%1\" cannot be used. The details say which values can.").arg(subject);
    case engine::ErrorKind::FileUnreadable:
        return tr("Cannot open \"%1\". Check that the file still exists and that you may read it.").arg(name);
    case engine::ErrorKind::NotACheckpoint:
        return tr("\"%1\" is damaged or is not a model. Download or copy it again.").arg(name);
    case engine::ErrorKind::UnknownFamily:
        return tr("\"%1\" holds no network that this program knows. Choose another model.").arg(name);
    case engine::ErrorKind::NotSupported:
        return tr("This version cannot use \"%1\" yet. Choose another model.").arg(name);
    case engine::ErrorKind::WrongWeights:
        return tr("Parts of the model \"%1\" are missing or do not fit together. Download or copy it again.").arg(name);
    case engine::ErrorKind::OutOfMemory:
        if (subject == QLatin1String("batch")) // of a training
            return tr("There is not enough memory for batches of this size. The details say which would fit.");
        return tr("There is not enough memory for a picture of this size. Try a smaller size.");
    case engine::ErrorKind::DiskFull:
        return tr("Cannot write \"%1\". Check that there is space left and that you may write there.").arg(name);
    case engine::ErrorKind::Internal:
        return tr("The program met a fault of its own. Try again; if it happens again, report the details.");
    }
    return {};
}

QString failureSentence(const engine::Error &error)
{
    return Failure::sentenceFor(error.kind, QString::fromStdString(error.subject));
}

} // namespace app
