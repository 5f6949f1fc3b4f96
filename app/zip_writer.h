#pragma once

#include "app/failure.h"

#include <QByteArray>
#include <QDateTime>
#include <QString>

#include <memory>
#include <optional>

namespace app {

/// A zip file that grows entry by entry beside its final place, and takes its name only when it is whole.
class ZipWriter
{
public:
    explicit ZipWriter(const QString &path);
    ~ZipWriter(); ///< removes what is not finished
    ZipWriter(const ZipWriter &) = delete;
    ZipWriter &operator=(const ZipWriter &) = delete;

    /// Stored as it is: pictures are compressed already.
    [[nodiscard]] std::optional<Failure> add(const QString &name, const QByteArray &bytes, const QDateTime &modified);
    [[nodiscard]] std::optional<Failure> finish();

private:
    struct Parts;
    [[nodiscard]] Failure fault(const char *what) const;

    QString m_path;
    std::unique_ptr<Parts> m_parts;
};

} // namespace app
