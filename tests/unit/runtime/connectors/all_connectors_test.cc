#include "runtime/connectors/all_connectors.h"

#include <gtest/gtest.h>

#include "runtime/connector/check_options.h"
#include "runtime/connector/connector_reference.h"

namespace weir {
namespace {

void ExpectComplete(const std::vector<OptionSpec>& options, const std::string& owner) {
  for (const OptionSpec& option : options) {
    const std::string name = owner + "." + option.name;
    EXPECT_FALSE(option.doc.empty()) << name;
    EXPECT_FALSE(option.example.empty()) << name;
    EXPECT_EQ(option.type == OptionType::kEnum, !option.choices.empty()) << name;
    EXPECT_FALSE(option.required && option.default_value.has_value()) << name;
    EXPECT_FALSE(option.secret && option.default_value.has_value()) << name;
  }
  ConnectorOptions defaults;
  FillDefaults(options, defaults);
  for (const OptionSpec& option : options) {
    if (option.required)
      defaults.Set(option.name, option.type == OptionType::kString ? Value::String("x") : Value());
  }
  EXPECT_TRUE(CheckOptions(options, defaults, owner).empty())
      << CheckOptions(options, defaults, owner)[0];
}

TEST(AllConnectorsTest, EverySpecIsComplete) {
  ConnectorRegistry registry;
  RegisterAllConnectors(registry);
  EXPECT_EQ(registry.connectors().size(), 12u);
  for (const auto& spec : registry.connectors()) {
    EXPECT_FALSE(spec->doc.empty()) << spec->name;
    EXPECT_FALSE(spec->examples.empty()) << spec->name;
    bool runs = false;
    if (spec->source.has_value()) {
      ExpectComplete(spec->source->options, spec->name);
      runs = runs || spec->source->make != nullptr;
    }
    if (spec->sink.has_value()) {
      ExpectComplete(spec->sink->options, spec->name);
      runs = runs || spec->sink->make != nullptr;
    }
    if (spec->table.has_value()) {
      ExpectComplete(spec->table->options, spec->name);
      runs = runs || spec->table->make != nullptr;
    }
    EXPECT_EQ(runs, spec->available_from.empty()) << spec->name;
  }
  for (const auto& format : registry.formats()) ExpectComplete(format->options, format->name);
  EXPECT_NE(registry.FindFormat("csv"), nullptr);
}

TEST(AllConnectorsTest, ReferencePagesNameEveryOption) {
  ConnectorRegistry registry;
  RegisterAllConnectors(registry);
  const std::string page = RenderConnectorReference(*registry.Find("redis"));
  EXPECT_NE(page.find("# redis"), std::string::npos);
  EXPECT_NE(page.find("Delivery: effectively once. Takes append and upsert streams."),
            std::string::npos);
  EXPECT_NE(page.find("| `key` | string | per row; e.g. `f\"user:{user_id}\"` |"),
            std::string::npos)
      << page;
  EXPECT_NE(page.find("| `ttl` | duration ≥ 1s |"), std::string::npos) << page;
  EXPECT_NE(page.find("\"hash\" \\| \"string\""), std::string::npos);
  EXPECT_NE(RenderFormatReference(*registry.FindFormat("csv")).find("| `separator` |"),
            std::string::npos);
}

TEST(AllConnectorsTest, OptionsAreChecked) {
  ConnectorRegistry registry;
  RegisterAllConnectors(registry);
  const std::vector<OptionSpec>& options = registry.Find("file")->sink->options;
  ConnectorOptions given;
  given.Set("path", Value::Int64(1));
  given.Set("compression", Value::String("rar"));
  given.Set("colour", Value::String("red"));
  EXPECT_EQ(CheckOptions(options, given, "file"),
            (std::vector<std::string>{
                "file(path): needs string, got 1",
                "file(compression): needs \"none\" | \"gzip\" | \"zstd\", got \"rar\"",
                "file has no option colour"}));
  const std::vector<OptionSpec>& kafka = registry.Find("kafka")->source->options;
  const std::vector<std::string> missing = CheckOptions(kafka, {}, "kafka");
  ASSERT_EQ(missing.size(), 1u);
  EXPECT_TRUE(missing[0].starts_with("kafka needs the option topic"));
}

}  // namespace
}  // namespace weir
