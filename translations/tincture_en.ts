<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
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
        <source>%n star(s) or more</source>
        <translation>
            <numerusform>%n star or more</numerusform>
            <numerusform>%n stars or more</numerusform>
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
        <source>%n picture(s)</source>
        <translation>
            <numerusform>%n picture</numerusform>
            <numerusform>%n pictures</numerusform>
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
</TS>
