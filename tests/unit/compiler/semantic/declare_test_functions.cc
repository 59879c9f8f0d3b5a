#include "stdlib/api/function_builder.h"
#include "tests/unit/compiler/semantic/declare_checked_text.h"

namespace weir::semantic {

namespace {

using Class = TypePattern::Class;

std::vector<FunctionDef> Scalars() {
  DataType text = DataType::String();
  return {
      FunctionBuilder("to_float", "conversion", "")
          .Takes({Param("value", TypePattern::Any(Class::kNumeric), "")}, DataType::Float64(),
                 nullptr),
      FunctionBuilder("abs", "math", "")
          .Takes({Param("value", TypePattern::Any(Class::kInteger), "")}, DataType::Int64(),
                 nullptr)
          .Takes({Param("value", TypePattern::Any(Class::kDecimal), "")}, ReturnsArgument(0),
                 nullptr)
          .Takes({Param("value", TypePattern::Any(Class::kFloat), "")}, DataType::Float64(),
                 nullptr),
      FunctionBuilder("upper", "string", "").Takes({Param("text", text, "")}, text, nullptr),
      FunctionBuilder("substring", "string", "")
          .Takes({Param("text", text, ""), Param("start", DataType::Int64(), ""),
                  WithDefault(NamedOnly(Param("length", DataType::Int64(), "")), Value::Int64(1))},
                 text, nullptr),
      FunctionBuilder("concat", "string", "")
          .Takes({Variadic(Param("part", text, ""))}, text, nullptr),
      FunctionBuilder("date", "time", "")
          .Takes({Param("at", DataType::Timestamp(), "")}, DataType::Of(TypeKind::kDate), nullptr),
      FunctionBuilder("pick", "string", "")
          .Takes({Param("text", text, ""), ConstantParam(Param("pattern", text, ""))}, text,
                 nullptr)
          .Fallible(),
      FunctionBuilder("greater", "math", "")
          .Takes({Param("a", TypePattern::Any(), ""), Param("b", TypePattern::SameAs(0), "")},
                 ReturnsArgument(0), nullptr),
      FunctionBuilder("parse_json", "json", "")
          .Takes({Param("text", text, "")}, DataType::Json(), nullptr)
          .Fallible(),
      FunctionBuilder("sha256", "hash", "").Takes({Param("text", text, "")}, text, nullptr),
  };
}

AggregateDef Aggregate(std::string name, std::vector<AggregateOverload> overloads,
                       bool empty_is_null) {
  AggregateDef def;
  def.name = std::move(name);
  def.overloads = std::move(overloads);
  def.empty_is_null = empty_is_null;
  return def;
}

AggregateOverload Overload(std::vector<ParamDef> params, ResultRule result) {
  AggregateOverload overload;
  overload.params = std::move(params);
  overload.result = std::move(result);
  return overload;
}

std::vector<AggregateDef> Aggregates() {
  ParamDef number = Param("value", TypePattern::Any(Class::kNumeric), "");
  ParamDef share = ConstantParam(Param("share", DataType::Float64(), ""));
  return {
      Aggregate("count",
                {Overload({}, Returns(DataType::Int64())),
                 Overload({Param("value", TypePattern::Any(), "")}, Returns(DataType::Int64()))},
                false),
      Aggregate("sum", {Overload({number}, ReturnsArgument(0))}, false),
      Aggregate("avg", {Overload({number}, Returns(DataType::Float64()))}, true),
      Aggregate("percentile", {Overload({number, share}, ReturnsArgument(0))}, true),
  };
}

}  // namespace

const FunctionRegistry& TestFunctions() {
  static const std::vector<FunctionDef> scalars = Scalars();
  static const std::vector<AggregateDef> aggregates = Aggregates();
  static const FunctionRegistry registry = [] {
    FunctionRegistry filled;
    for (const FunctionDef& def : scalars) filled.Add(&def);
    for (const AggregateDef& def : aggregates) filled.Add(&def);
    return filled;
  }();
  return registry;
}

namespace {

OptionSpec Option(std::string name, OptionType type = OptionType::kString) {
  OptionSpec option;
  option.name = std::move(name);
  option.type = type;
  return option;
}

OptionSpec Required(OptionSpec option) {
  option.required = true;
  return option;
}

OptionSpec Choice(std::string name, std::vector<std::string> choices) {
  OptionSpec option = Option(std::move(name), OptionType::kEnum);
  option.choices = std::move(choices);
  return option;
}

ConnectorSpec Connector(std::string name, std::vector<OptionSpec> source,
                        std::vector<OptionSpec> sink) {
  ConnectorSpec spec;
  spec.name = std::move(name);
  if (!source.empty()) spec.source.emplace().options = std::move(source);
  if (!sink.empty()) spec.sink.emplace().options = std::move(sink);
  return spec;
}

OptionSpec Secret(std::string name) {
  OptionSpec option = Option(std::move(name));
  option.secret = true;
  return option;
}

}  // namespace

const ConnectorRegistry& TestConnectors() {
  static const ConnectorRegistry registry = [] {
    ConnectorRegistry filled;
    OptionSpec topic = Required(Option("topic"));
    OptionSpec start = Choice("start", {"earliest", "latest"});
    start.default_value = Value::String("latest");
    OptionSpec records = Option("max_poll_records", OptionType::kInteger);
    records.min = 1;
    records.max = 10000;
    filled.Add(Connector("kafka",
                         {Option("brokers"), topic, Option("group"), start, records,
                          Option("fetch_max_wait", OptionType::kDuration),
                          Option("fetch_min_bytes", OptionType::kSize)},
                         {Option("brokers"), topic, Secret("password")}));
    filled.Add(Connector("log", {Required(Option("dir")), topic, start}, {Option("dir"), topic}));
    ConnectorSpec file = Connector("file", {Required(Option("path"))}, {Required(Option("path"))});
    file.table.emplace().options = {Required(Option("path"))};
    filled.Add(std::move(file));
    OptionSpec key = Required(Option("key"));
    key.per_row = true;
    filled.Add(Connector("redis", {}, {Option("url"), key, Option("ttl", OptionType::kDuration)}));
    filled.Add(Connector("postgres", {}, {Secret("dsn"), Required(Option("table"))}));
    filled.Add(Connector("console", {}, {Choice("format", {"json", "table"})}));
    FormatSpec json;
    json.name = "json";
    json.options = {Option("lines", OptionType::kBool)};
    filled.Add(std::move(json));
    return filled;
  }();
  return registry;
}

}  // namespace weir::semantic
