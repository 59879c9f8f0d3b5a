#include "stdlib/scalar/net/url.h"

#include <gtest/gtest.h>

namespace weir {
namespace {

TEST(Url, SplitsAllParts) {
  const Url url = SplitUrl("https://ann:pw@shop.example:8443/a/b?x=1&y=?#top#2");
  EXPECT_EQ(url.scheme, "https");
  EXPECT_EQ(url.user, "ann:pw");
  EXPECT_EQ(url.host, "shop.example");
  EXPECT_EQ(url.port, 8443);
  EXPECT_EQ(url.path, "/a/b");
  EXPECT_EQ(url.query, "x=1&y=?");
  EXPECT_EQ(url.fragment, "top#2");
}

TEST(Url, LeavesOutWhatIsNotThere) {
  const Url url = SplitUrl("/a:b");
  EXPECT_EQ(url.scheme, std::nullopt);
  EXPECT_EQ(url.host, std::nullopt);
  EXPECT_EQ(url.path, "/a:b");
  EXPECT_EQ(SplitUrl("").path, "");
  EXPECT_EQ(SplitUrl("http://").host, std::nullopt);
  EXPECT_EQ(SplitUrl("mailto:a@b.example").path, "a@b.example");
}

TEST(Url, AddressesInBrackets) {
  const Url url = SplitUrl("http://[2001:db8::1]:80/");
  EXPECT_EQ(url.host, "2001:db8::1");
  EXPECT_EQ(url.port, 80);
  EXPECT_EQ(SplitUrl("http://[::1]/").port, std::nullopt);
}

TEST(Url, ImpossiblePortsAreNone) {
  for (std::string_view text : {"http://a:99999/", "http://a:x/", "http://a:/", "http://a:-1/"}) {
    EXPECT_EQ(SplitUrl(text).port, std::nullopt) << text;
    EXPECT_EQ(SplitUrl(text).host, "a") << text;
  }
}

}  // namespace
}  // namespace weir
