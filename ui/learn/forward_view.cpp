#include "ui/learn/forward_view.h"

#include "app/studio.h"

namespace ui {

ForwardView::ForwardView(app::Studio &studio, QWidget *parent) : LearnView(parent), m_studio(studio)
{
    Q_UNUSED(m_studio)
}

} // namespace ui
