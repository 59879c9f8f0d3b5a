#include "runtime/exec/input_progress.h"

#include <gtest/gtest.h>

namespace weir {
namespace {

TEST(InputProgress, AlignsBarriers) {
  InputProgress progress(2);
  EXPECT_FALSE(progress.Receive(0, Control::Barrier(1)).barrier);
  EXPECT_TRUE(progress.Barred(0));
  EXPECT_FALSE(progress.Barred(1));
  EXPECT_TRUE(progress.Receive(1, Control::Barrier(1)).barrier);
  EXPECT_FALSE(progress.Barred(0));
  EXPECT_EQ(progress.aligned(), 1u);
}

TEST(InputProgress, AnEndedInputStillHasBarriers) {
  InputProgress progress(2);
  progress.Receive(0, Control::Watermark(kMaxTimestamp));
  progress.Receive(0, Control::End());
  progress.Receive(1, Control::Barrier(4));
  EXPECT_TRUE(progress.Receive(0, Control::Barrier(4)).barrier);
}

TEST(InputProgress, ReportsEachChangeOnce) {
  InputProgress progress(1);
  EXPECT_TRUE(progress.Receive(0, Control::Watermark(5)).watermark);
  EXPECT_FALSE(progress.Receive(0, Control::Watermark(5)).watermark);
  EXPECT_TRUE(progress.Receive(0, Control::Status(true)).status);
  EXPECT_FALSE(progress.Receive(0, Control::Status(true)).status);
  EXPECT_TRUE(progress.Receive(0, Control::End()).ended);
}

}  // namespace
}  // namespace weir
