#pragma once

#include <QString>

namespace app::cli {

/// Where finished pictures go: --out FILE.png, or --out FOLDER.
class PictureOutput
{
public:
    /// Makes the folder. A path that is a folder, ends in "/" or has no ending is one.
    /// \throws UsageError for another ending than .png, CommandFailed if the folder cannot be made
    explicit PictureOutput(const QString &out);

    /// In a folder "00012-SEED.png", numbers going on after those that are there. For a file that name, and for the
    /// pictures after the first NAME_1.png, NAME_2.png, ...
    [[nodiscard]] QString nextPath(quint64 seed);

private:
    QString m_folder; ///< empty: a file
    QString m_file;
    int m_next = 0; ///< number of the next picture
};

/// Makes a folder with all above it. \throws CommandFailed
void makeFolder(const QString &path);

} // namespace app::cli
