#include "compiler/jsonschema/json_node.h"

#include <gtest/gtest.h>

#include "compiler/source/source_manager.h"

namespace weir::jsonschema {
namespace {

class JsonNodeTest : public testing::Test {
 protected:
  std::unique_ptr<JsonNode> Read(std::string text) {
    file_ = &sources_.Add("s.json", std::move(text));
    return ReadJson(*file_, diagnostics_);
  }
  /// The only report: line:column message.
  std::string Refusal() {
    if (diagnostics_.Size() != 1) return std::to_string(diagnostics_.Size()) + " reports";
    const Diagnostic& report = diagnostics_.diagnostics().front();
    const Position at = file_->PositionOf(report.span.begin);
    return std::to_string(at.line) + ":" + std::to_string(at.column) + " " + report.message;
  }

  SourceManager sources_;
  DiagnosticEngine diagnostics_;
  const SourceFile* file_ = nullptr;
};

TEST_F(JsonNodeTest, KnowsThePlaceAndPointerOfEveryValue) {
  const auto root = Read(R"({"a/b": [1, {"~": "x\n"}], "c": null})");
  ASSERT_NE(root, nullptr);
  const JsonNode* list = root->Find("a/b");
  ASSERT_NE(list, nullptr);
  ASSERT_EQ(list->elements.size(), 2U);
  EXPECT_EQ(file_->Text(list->elements[0]->span), "1");
  EXPECT_EQ(file_->Text(root->members[0].name_span), "\"a/b\"");
  const JsonNode* tilde = list->elements[1]->Find("~");
  ASSERT_NE(tilde, nullptr);
  EXPECT_EQ(tilde->pointer, "/a~1b/1/~0");
  EXPECT_EQ(tilde->text, "x\n");
  EXPECT_EQ(file_->Text(tilde->span), "\"x\\n\"");
  EXPECT_TRUE(root->Find("c")->is(JsonNode::Kind::kNull));
  EXPECT_EQ(root->Find("d"), nullptr);
}

TEST_F(JsonNodeTest, SaysWhereTextIsNoJson) {
  EXPECT_EQ(Read("{\n  \"a\": 1,\n}"), nullptr);
  EXPECT_TRUE(Refusal().starts_with("3:1 the schema file is no JSON: ")) << Refusal();
}

TEST_F(JsonNodeTest, RefusesWhatFollowsTheValue) {
  EXPECT_EQ(Read("{} {}"), nullptr);
  EXPECT_TRUE(Refusal().starts_with("1:4 ")) << Refusal();
}

TEST_F(JsonNodeTest, RefusesAnEmptyFile) {
  EXPECT_EQ(Read("  "), nullptr);
  EXPECT_TRUE(Refusal().starts_with("1:3 ")) << Refusal();
}

TEST_F(JsonNodeTest, RefusesAKeyThatStandsTwice) {
  EXPECT_EQ(Read(R"({"a": 1, "a": 2})"), nullptr);
  EXPECT_EQ(Refusal(), "1:10 the schema file is no JSON: the key \"a\" stands twice in one object");
}

TEST_F(JsonNodeTest, RefusesTooDeepNesting) {
  EXPECT_EQ(Read(std::string(100'000, '[')), nullptr);
  EXPECT_TRUE(Refusal().ends_with("nested more than 64 deep")) << Refusal();
}

}  // namespace
}  // namespace weir::jsonschema
