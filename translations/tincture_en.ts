<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>app::ContactSheet</name>
    <message numerus="yes">
        <source>%n steps</source>
        <translation>
            <numerusform>%n step</numerusform>
            <numerusform>%n steps</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n pictures</source>
        <translation>
            <numerusform>%n picture</numerusform>
            <numerusform>%n pictures</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>app::GalleryEdits</name>
    <message numerus="yes">
        <source>No stars for %n picture(s)</source>
        <translation>
            <numerusform>No stars for %n picture</numerusform>
            <numerusform>No stars for %n pictures</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>1 star for %n picture(s)</source>
        <translation>
            <numerusform>1 star for %n picture</numerusform>
            <numerusform>1 star for %n pictures</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 stars for %n picture(s)</source>
        <translation>
            <numerusform>%1 stars for %n picture</numerusform>
            <numerusform>%1 stars for %n pictures</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Stars for %n picture(s)</source>
        <translation>
            <numerusform>Stars for %n picture</numerusform>
            <numerusform>Stars for %n pictures</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>No label for %n picture(s)</source>
        <translation>
            <numerusform>No label for %n picture</numerusform>
            <numerusform>No label for %n pictures</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Label %1 for %n picture(s)</source>
        <translation>
            <numerusform>Label %1 for %n picture</numerusform>
            <numerusform>Label %1 for %n pictures</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n picture(s) rejected</source>
        <translation>
            <numerusform>%n picture rejected</numerusform>
            <numerusform>%n pictures rejected</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n picture(s) no longer rejected</source>
        <translation>
            <numerusform>%n picture no longer rejected</numerusform>
            <numerusform>%n pictures no longer rejected</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Tag %1 for %n picture(s)</source>
        <translation>
            <numerusform>Tag %1 for %n picture</numerusform>
            <numerusform>Tag %1 for %n pictures</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Tag %1 taken from %n picture(s)</source>
        <translation>
            <numerusform>Tag %1 taken from %n picture</numerusform>
            <numerusform>Tag %1 taken from %n pictures</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Note of %n picture(s) removed</source>
        <translation>
            <numerusform>Note of %n picture removed</numerusform>
            <numerusform>Note of %n pictures removed</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Note for %n picture(s)</source>
        <translation>
            <numerusform>Note for %n picture</numerusform>
            <numerusform>Note for %n pictures</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n picture(s) put into &quot;%1&quot;</source>
        <translation>
            <numerusform>%n picture put into &quot;%1&quot;</numerusform>
            <numerusform>%n pictures put into &quot;%1&quot;</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n picture(s) taken out of &quot;%1&quot;</source>
        <translation>
            <numerusform>%n picture taken out of &quot;%1&quot;</numerusform>
            <numerusform>%n pictures taken out of &quot;%1&quot;</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>app::GalleryStore</name>
    <message numerus="yes">
        <source>%n picture(s)</source>
        <translation>
            <numerusform>%n picture</numerusform>
            <numerusform>%n pictures</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The marks of %n picture(s) cannot be saved. Check the free space and the rights of the folder.</source>
        <translation>
            <numerusform>The marks of %n picture cannot be saved. Check the free space and the rights of the folder.</numerusform>
            <numerusform>The marks of %n pictures cannot be saved. Check the free space and the rights of the folder.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>app::PictureExport</name>
    <message numerus="yes">
        <source>%1 of %2 pictures exported; %n could not be read.</source>
        <translation>
            <numerusform>%1 of %2 pictures exported; %n could not be read.</numerusform>
            <numerusform>%1 of %2 pictures exported; %n could not be read.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n picture(s) exported</source>
        <translation>
            <numerusform>%n picture exported</numerusform>
            <numerusform>%n pictures exported</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>app::Trash</name>
    <message numerus="yes">
        <source>Cannot move %n picture(s) to the trash. Check that you may change the folder.</source>
        <translation>
            <numerusform>Cannot move %n picture to the trash. Check that you may change the folder.</numerusform>
            <numerusform>Cannot move %n pictures to the trash. Check that you may change the folder.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Cannot bring %n picture(s) back: not in the trash any more.</source>
        <translation>
            <numerusform>Cannot bring %n picture back: not in the trash any more.</numerusform>
            <numerusform>Cannot bring %n pictures back: not in the trash any more.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::AxisEditor</name>
    <message numerus="yes">
        <source>%n value(s)</source>
        <translation>
            <numerusform>%n value</numerusform>
            <numerusform>%n values</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::Banner</name>
    <message numerus="yes">
        <source>%n more</source>
        <translation>
            <numerusform>%n more</numerusform>
            <numerusform>%n more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::BranchForm</name>
    <message numerus="yes">
        <source>The first %n step(s) are the parent&apos;s, to the last bit.</source>
        <translation>
            <numerusform>The first step is the parent&apos;s, to the last bit.</numerusform>
            <numerusform>The first %n steps are the parent&apos;s, to the last bit.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n step(s)</source>
        <translation>
            <numerusform>%n step</numerusform>
            <numerusform>%n steps</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::CompareBar</name>
    <message numerus="yes">
        <source>%n pair(s) left</source>
        <translation>
            <numerusform>%n pair left</numerusform>
            <numerusform>%n pairs left</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n star(s): %1</source>
        <translation>
            <numerusform>%n star: %1</numerusform>
            <numerusform>%n stars: %1</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::CompareModel</name>
    <message numerus="yes">
        <source>%n picture(s) left out: 16 can be compared at a time</source>
        <translation>
            <numerusform>%n picture left out: 16 can be compared at a time</numerusform>
            <numerusform>%n pictures left out: 16 can be compared at a time</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::ComparePage</name>
    <message numerus="yes">
        <source>Stars given to %n picture(s)</source>
        <translation>
            <numerusform>Stars given to %n picture</numerusform>
            <numerusform>Stars given to %n pictures</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n not in the gallery</source>
        <translation>
            <numerusform>%n not in the gallery</numerusform>
            <numerusform>%n not in the gallery</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n star(s) given</source>
        <translation>
            <numerusform>%n star given</numerusform>
            <numerusform>%n stars given</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n picture(s)</source>
        <translation>
            <numerusform>%n picture</numerusform>
            <numerusform>%n pictures</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::ComparePanel</name>
    <message numerus="yes">
        <source>%1 of %n setting(s)</source>
        <translation>
            <numerusform>%1 of %n setting</numerusform>
            <numerusform>%1 of %n settings</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n of these pictures do(es) not say how it was made.</source>
        <translation>
            <numerusform>%n of these pictures does not say how it was made.</numerusform>
            <numerusform>%n of these pictures do not say how they were made.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::ExportDialog</name>
    <message numerus="yes">
        <source>Export %n picture(s)</source>
        <translation>
            <numerusform>Export %n picture</numerusform>
            <numerusform>Export %n pictures</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::FilterBar</name>
    <message numerus="yes">
        <source>%n star(s) or more</source>
        <translation>
            <numerusform>%n star or more</numerusform>
            <numerusform>%n stars or more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::FoundCard</name>
    <message numerus="yes">
        <source>%n picture(s)</source>
        <translation>
            <numerusform>%n picture</numerusform>
            <numerusform>%n pictures</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1, average %n word(s)</source>
        <translation>
            <numerusform>%1, average %n word</numerusform>
            <numerusform>%1, average %n words</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n cannot be read</source>
        <translation>
            <numerusform>%n cannot be read</numerusform>
            <numerusform>%n cannot be read</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Only %n picture(s): the model will learn to repeat them, not what they have in common. It can be trained all the same.</source>
        <translation>
            <numerusform>Only %n picture: the model will learn to repeat it. It can be trained all the same.</numerusform>
            <numerusform>Only %n pictures: the model will learn to repeat them, not what they have in common. It can be trained all the same.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n picture(s) left out</source>
        <translation>
            <numerusform>%n picture left out</numerusform>
            <numerusform>%n pictures left out</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::GalleryChooser</name>
    <message numerus="yes">
        <source>The first %n will be taken</source>
        <translation>
            <numerusform>The first %n will be taken</numerusform>
            <numerusform>The first %n will be taken</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n picture(s) chosen</source>
        <translation>
            <numerusform>%n picture chosen</numerusform>
            <numerusform>%n pictures chosen</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n picture(s)</source>
        <translation>
            <numerusform>%n picture</numerusform>
            <numerusform>%n pictures</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::GalleryFilter</name>
    <message numerus="yes">
        <source>%n star(s)</source>
        <translation>
            <numerusform>%n star</numerusform>
            <numerusform>%n stars</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::GalleryGrid</name>
    <message numerus="yes">
        <source>%n picture(s)</source>
        <translation>
            <numerusform>%n picture</numerusform>
            <numerusform>%n pictures</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::GalleryPage</name>
    <message numerus="yes">
        <source>%n picture(s) copied</source>
        <translation>
            <numerusform>%n picture copied</numerusform>
            <numerusform>%n pictures copied</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n picture(s) moved to the trash</source>
        <translation>
            <numerusform>%n picture moved to the trash</numerusform>
            <numerusform>%n pictures moved to the trash</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n picture(s) brought back</source>
        <translation>
            <numerusform>%n picture brought back</numerusform>
            <numerusform>%n pictures brought back</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n picture(s) chosen; the settings are those of the newest click.</source>
        <translation>
            <numerusform>%n picture chosen; the settings are those of the newest click.</numerusform>
            <numerusform>%n pictures chosen; the settings are those of the newest click.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The first %n picture(s) of the chosen are compared</source>
        <translation>
            <numerusform>The first %n picture of the chosen is compared</numerusform>
            <numerusform>The first %n pictures of the chosen are compared</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n star(s)</source>
        <translation>
            <numerusform>%n star</numerusform>
            <numerusform>%n stars</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n picture(s) to the trash</source>
        <translation>
            <numerusform>%n picture to the trash</numerusform>
            <numerusform>%n pictures to the trash</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n folder(s) added; pictures are read where they lie</source>
        <translation>
            <numerusform>%n folder added; pictures are read where they lie</numerusform>
            <numerusform>%n folders added; pictures are read where they lie</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n picture(s) added to the gallery</source>
        <translation>
            <numerusform>%n picture added to the gallery</numerusform>
            <numerusform>%n pictures added to the gallery</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>&quot;%1&quot; and %n other file(s) were not added: they are no pictures, or the folder cannot be written</source>
        <translation>
            <numerusform>&quot;%1&quot; and %n other file were not added: they are no pictures, or the folder cannot be written</numerusform>
            <numerusform>&quot;%1&quot; and %n other files were not added: they are no pictures, or the folder cannot be written</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln picture(s)</source>
        <translation>
            <numerusform>%Ln picture</numerusform>
            <numerusform>%Ln pictures</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>New Collection of the %n Chosen Picture(s)</source>
        <translation>
            <numerusform>New Collection of the Chosen Picture</numerusform>
            <numerusform>New Collection of the %n Chosen Pictures</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n picture(s) added to &quot;%1&quot;</source>
        <translation>
            <numerusform>%n picture added to &quot;%1&quot;</numerusform>
            <numerusform>%n pictures added to &quot;%1&quot;</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Add the %n Chosen Picture(s)</source>
        <translation>
            <numerusform>Add the Chosen Picture</numerusform>
            <numerusform>Add the %n Chosen Pictures</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Take the %n Chosen Picture(s) Out</source>
        <translation>
            <numerusform>Take the Chosen Picture Out</numerusform>
            <numerusform>Take the %n Chosen Pictures Out</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Bring Back the Last %n Picture(s)</source>
        <translation>
            <numerusform>Bring Back the Last Picture</numerusform>
            <numerusform>Bring Back the Last %n Pictures</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::MainWindow</name>
    <message numerus="yes">
        <source>%n star(s)</source>
        <translation>
            <numerusform>%n star</numerusform>
            <numerusform>%n stars</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Qt %1. %2, %3, %n thread(s).</source>
        <translation>
            <numerusform>Qt %1. %2, %3, %n thread.</numerusform>
            <numerusform>Qt %1. %2, %3, %n threads.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 %2, %n thread(s)</source>
        <translation>
            <numerusform>%1 %2, %n thread</numerusform>
            <numerusform>%1 %2, %n threads</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n job(s)</source>
        <translation>
            <numerusform>%n job</numerusform>
            <numerusform>%n jobs</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::ModelsPage</name>
    <message numerus="yes">
        <source>%n step(s)</source>
        <translation>
            <numerusform>%n step</numerusform>
            <numerusform>%n steps</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n model(s)</source>
        <translation>
            <numerusform>%n model</numerusform>
            <numerusform>%n models</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::PlotView</name>
    <message numerus="yes">
        <source>Make %n picture(s)</source>
        <translation>
            <numerusform>Make %n picture</numerusform>
            <numerusform>Make %n pictures</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n picture(s) share a place</source>
        <translation>
            <numerusform>%n picture shares a place</numerusform>
            <numerusform>%n pictures share a place</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::PromptSection</name>
    <message numerus="yes">
        <source>%n chunks</source>
        <translation>
            <numerusform>%n chunk</numerusform>
            <numerusform>%n chunks</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::Rail</name>
    <message numerus="yes">
        <source>%n waiting</source>
        <extracomment>Accessible description of the rail&apos;s Create button</extracomment>
        <translation>
            <numerusform>%n waiting</numerusform>
            <numerusform>%n waiting</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::ReverseView</name>
    <message numerus="yes">
        <source>%n step(s), %1, kept with the session</source>
        <translation>
            <numerusform>%n step, %1, kept with the session</numerusform>
            <numerusform>%n steps, %1, kept with the session</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>parent, %n step(s)</source>
        <translation>
            <numerusform>parent, %n step</numerusform>
            <numerusform>parent, %n steps</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::SessionModel</name>
    <message numerus="yes">
        <source>%n stars</source>
        <translation>
            <numerusform>%n star</numerusform>
            <numerusform>%n stars</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::SettingsPage</name>
    <message numerus="yes">
        <source>%1; %2, %n thread(s)</source>
        <translation>
            <numerusform>%1; %2, %n thread</numerusform>
            <numerusform>%1; %2, %n threads</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::StarRow</name>
    <message numerus="yes">
        <source>%n star(s)</source>
        <translation>
            <numerusform>%n star</numerusform>
            <numerusform>%n stars</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::TrainPage</name>
    <message numerus="yes">
        <source>%n picture(s) in %1</source>
        <translation>
            <numerusform>%n picture in %1</numerusform>
            <numerusform>%n pictures in %1</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Last saved %n min ago</source>
        <translation>
            <numerusform>Last saved %n min ago</numerusform>
            <numerusform>Last saved %n min ago</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Compared with %n run(s)</source>
        <translation>
            <numerusform>Compared with %n run</numerusform>
            <numerusform>Compared with %n runs</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::TrainSetup</name>
    <message numerus="yes">
        <source>There must be %n picture(s) at least that can be read.</source>
        <translation>
            <numerusform>There must be at least %n picture that can be read.</numerusform>
            <numerusform>There must be at least %n pictures that can be read.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::Words</name>
    <message numerus="yes">
        <source>%n pictures</source>
        <translation>
            <numerusform>%n picture</numerusform>
            <numerusform>%n pictures</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n steps</source>
        <translation>
            <numerusform>%n step</numerusform>
            <numerusform>%n steps</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n jobs</source>
        <translation>
            <numerusform>%n job</numerusform>
            <numerusform>%n jobs</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::WordsView</name>
    <message numerus="yes">
        <source>%n word(s), maps of %1</source>
        <translation>
            <numerusform>%n word, maps of %1</numerusform>
            <numerusform>%n words, maps of %1</numerusform>
        </translation>
    </message>
</context>
</TS>
