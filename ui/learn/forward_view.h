#pragma once

#include "ui/learn/learn_view.h"

namespace app {
class Studio;
}

namespace ui {

/// Forward diffusion: a picture, and what is left of it at each t.
class ForwardView : public LearnView
{
    Q_OBJECT
public:
    explicit ForwardView(app::Studio &studio, QWidget *parent = nullptr);

private:
    app::Studio &m_studio;
};

} // namespace ui
