#include "compiler/jsonschema/schema_writer.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <set>

#include "compiler/jsonschema/demands.h"
#include "runtime/types/decimal.h"

namespace weir::jsonschema {
namespace {

using Json = nlohmann::ordered_json;
using plan::Expr;
using plan::ExprKind;
using plan::ExprPtr;

constexpr const char* kDialect = "https://json-schema.org/draft/2020-12/schema";

Json Parsed(const std::string& text) {
  Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  return json.is_discarded() ? Json(text) : json;
}

/// A number of a constraint with its exact digits.
Json NumberOf(const Value& value) { return Parsed(value.ToJson()); }

const Expr& WithoutCast(const Expr& expr) {
  const bool widened =
      expr.kind == ExprKind::kCast && expr.type.is_numeric() && expr.children[0]->type.is_numeric();
  return widened ? *expr.children[0] : expr;
}

bool IsValue(const Expr& expr) { return WithoutCast(expr).kind == ExprKind::kColumn; }

bool IsLengthOfValue(const Expr& expr) {
  return expr.kind == ExprKind::kCall && expr.function != nullptr &&
         expr.function->name == "length" && expr.children.size() == 1 && IsValue(*expr.children[0]);
}

/// Conditions to keywords; what has none goes to `x-flow-where`.
class ConstraintWriter {
 public:
  ConstraintWriter(const DataType& type, Json& schema) : type_(type), schema_(schema) {}

  void Write(const std::vector<ExprPtr>& conditions) {
    std::string rest;
    for (const ExprPtr& condition : conditions) {
      if (Known(*condition)) continue;
      rest += (rest.empty() ? "" : " and ") + Inside(*condition);
    }
    if (!rest.empty()) schema_["x-flow-where"] = rest;
  }

 private:
  static std::string Inside(const Expr& expr) {
    const bool loose = expr.kind == ExprKind::kOr || expr.kind == ExprKind::kIf;
    return loose ? "(" + expr.ToString() + ")" : expr.ToString();
  }

  bool Set(const char* keyword, Json value) {
    if (schema_.contains(keyword)) return false;
    schema_[keyword] = std::move(value);
    return true;
  }

  bool Known(const Expr& expr) {
    switch (expr.kind) {
      case ExprKind::kMatches:
        return !expr.negated && IsValue(*expr.children[0]) && type_.is(TypeKind::kString) &&
               Set("pattern", expr.value.as_string());
      case ExprKind::kCompare: return KnownCompare(expr);
      case ExprKind::kInList: return KnownList(expr);
      case ExprKind::kColumn: return type_.is(TypeKind::kBool) && Set("const", true);
      case ExprKind::kNot:
        return type_.is(TypeKind::kBool) && IsValue(*expr.children[0]) && Set("const", false);
      default: return false;
    }
  }

  bool KnownList(const Expr& expr) {
    if (expr.negated || !IsValue(*expr.children[0]) || !type_.is_numeric()) return false;
    Json values = Json::array();
    for (const Value& value : expr.values) values.push_back(NumberOf(value));
    if (type_.optional()) values.push_back(nullptr);
    return Set("enum", std::move(values));
  }

  bool KnownCompare(const Expr& expr) {
    const Expr& literal = WithoutCast(*expr.children[1]);
    if (literal.kind != ExprKind::kLiteral || literal.value.is_null()) return false;
    if (!literal.type.is_numeric()) return false;
    if (IsLengthOfValue(*expr.children[0])) return KnownLength(expr.compare, literal.value);
    if (!IsValue(*expr.children[0]) || !type_.is_numeric()) return false;
    const bool integer = type_.is_integer() && literal.type.is_integer();
    switch (expr.compare) {
      case plan::CompareOp::kGreaterEqual: return Replace("minimum", NumberOf(literal.value));
      case plan::CompareOp::kLessEqual: return Replace("maximum", NumberOf(literal.value));
      case plan::CompareOp::kGreater:
        return integer ? Replace("minimum", Next(literal.value, 1))
                       : Replace("exclusiveMinimum", NumberOf(literal.value));
      case plan::CompareOp::kLess:
        return integer ? Replace("maximum", Next(literal.value, -1))
                       : Replace("exclusiveMaximum", NumberOf(literal.value));
      case plan::CompareOp::kEqual: {
        Json values = Json::array({NumberOf(literal.value)});
        if (type_.optional()) values.push_back(nullptr);
        return Set("enum", std::move(values));
      }
      default: return false;
    }
  }

  static Json Next(const Value& value, int step) {
    return Parsed(FormatDecimal(value.as_int128() + step, 0));
  }

  /// A bound of the constraint takes the place of the type's own, once.
  bool Replace(const char* keyword, Json value) {
    if (!bounds_.insert(keyword).second) return false;
    schema_[keyword] = std::move(value);
    return true;
  }

  bool KnownLength(plan::CompareOp op, const Value& value) {
    const bool list = type_.is(TypeKind::kList);
    if (!list && !type_.is(TypeKind::kString)) return false;
    const char* low = list ? "minItems" : "minLength";
    const char* high = list ? "maxItems" : "maxLength";
    if (value.as_int128() < 1) return false;
    switch (op) {
      case plan::CompareOp::kGreaterEqual: return Set(low, NumberOf(value));
      case plan::CompareOp::kGreater: return Set(low, Next(value, 1));
      case plan::CompareOp::kLessEqual: return Set(high, NumberOf(value));
      case plan::CompareOp::kLess: return Set(high, Next(value, -1));
      default: return false;
    }
  }

  const DataType& type_;
  Json& schema_;
  std::set<std::string> bounds_;
};

class SchemaWriter {
 public:
  Json Write(const semantic::SchemaInfo& info) {
    Json schema = Json::object();
    if (!info.name.empty()) schema["title"] = info.name;
    if (!info.doc.empty()) schema["description"] = info.doc;
    schema["type"] = "object";
    schema["properties"] = Json::object();
    Json required = Json::array();
    for (size_t i = 0; i < info.fields.size(); ++i) {
      const semantic::FieldInfo& field = info.fields[i];
      const bool rest = info.unknown_keys == plan::UnknownKeys::kCollect &&
                        static_cast<int>(i) == info.collect_field;
      const Demands demands = Demands::Of(field.constraint, field.parts);
      if (rest) {
        static const Demands kNone;
        schema["x-flow-into"] = field.name;
        schema["additionalProperties"] =
            Type(field.type.map_value(), demands.elements ? *demands.elements : kNone, nullptr);
        continue;
      }
      Json property = Type(field.type, demands, field.rules);
      if (!field.doc.empty()) property["description"] = field.doc;
      if (field.default_value) property["default"] = Parsed(field.default_value->ToJson());
      schema["properties"][field.name] = std::move(property);
      const bool must = field.rules != nullptr && field.rules->key_required;
      if (must || (!field.type.optional() && !field.default_value)) required.push_back(field.name);
    }
    if (!required.empty()) schema["required"] = std::move(required);
    if (info.unknown_keys == plan::UnknownKeys::kReject) schema["additionalProperties"] = false;
    return schema;
  }

 private:
  static const ValueRules* Part(const ValueRulesPtr& rules, size_t i) {
    return rules != nullptr && i < rules->parts.size() ? rules->parts[i].get() : nullptr;
  }
  static ValueRulesPtr PartPtr(const ValueRulesPtr& rules, size_t i) {
    return rules != nullptr && i < rules->parts.size() ? rules->parts[i] : nullptr;
  }

  Json Type(const DataType& type, const Demands& demands, const ValueRulesPtr& rules) {
    Json schema = Base(type, demands, rules);
    ConstraintWriter(type, schema).Write(demands.own);
    if (type.optional() && (rules == nullptr || !rules->null_refused)) AllowNull(schema);
    return schema;
  }

  static void AllowNull(Json& schema) {
    Json& type = schema["type"];
    if (type.is_string()) type = Json::array({type});
    type.push_back("null");
    if (schema.contains("enum") && !schema["enum"].back().is_null()) {
      schema["enum"].push_back(nullptr);
    }
    if (schema.contains("const")) {
      schema["enum"] = Json::array({schema["const"], nullptr});
      schema.erase("const");
    }
  }

  Json Base(const DataType& type, const Demands& demands, const ValueRulesPtr& rules) {
    const std::string name = type.AsRequired().ToString();
    switch (type.kind()) {
      case TypeKind::kBool: return {{"type", "boolean"}};
      case TypeKind::kFloat64: return {{"type", "number"}};
      case TypeKind::kFloat32: return {{"type", "number"}, {"x-flow-type", name}};
      case TypeKind::kDecimal: return Decimal(type);
      case TypeKind::kString: return {{"type", "string"}};
      case TypeKind::kBytes:
        return {{"type", "string"}, {"contentEncoding", "base64"}, {"x-flow-type", name}};
      case TypeKind::kUuid: return Text("uuid");
      case TypeKind::kIpv4: return Text("ipv4");
      case TypeKind::kIpv6: return Text("ipv6");
      case TypeKind::kTimestamp: return Text("date-time");
      case TypeKind::kDate: return Text("date");
      case TypeKind::kDuration:
        return {{"type", "string"},
                {"pattern", "^-?([0-9]+(ns|us|ms|s|m|h|d|w))+$"},
                {"x-flow-type", name}};
      case TypeKind::kEnum: {
        Json schema = {{"type", "string"}, {"enum", type.enum_values()}};
        if (type.ignore_case()) schema["x-flow-ignore-case"] = true;
        return schema;
      }
      case TypeKind::kList: return List(type, demands, rules);
      case TypeKind::kMap: return Map(type, demands, rules);
      case TypeKind::kStruct: return Struct(type, demands, rules);
      default: break;
    }
    if (type.is_integer()) return Integer(type);
    return {{"type", {"string", "number", "boolean", "object", "array"}}, {"x-flow-type", "json"}};
  }

  static Json Text(const char* format) { return {{"type", "string"}, {"format", format}}; }

  static Json Integer(const DataType& type) {
    const int bits = type.integer_bits();
    const Int128 one = 1;
    const bool plain = type.is_signed_integer();
    Json schema = {{"type", "integer"},
                   {"minimum", Parsed(FormatDecimal(plain ? -(one << (bits - 1)) : Int128(0), 0))},
                   {"maximum", Parsed(FormatDecimal((one << (plain ? bits - 1 : bits)) - 1, 0))}};
    if (!type.is(TypeKind::kInt64)) schema["x-flow-type"] = type.AsRequired().ToString();
    return schema;
  }

  static Json Decimal(const DataType& type) {
    const std::string bound =
        "1" + std::string(static_cast<size_t>(type.precision() - type.scale()), '0');
    return {{"type", "number"},
            {"exclusiveMinimum", Parsed("-" + bound)},
            {"exclusiveMaximum", Parsed(bound)},
            {"x-flow-type", type.AsRequired().ToString()}};
  }

  Json List(const DataType& type, const Demands& demands, const ValueRulesPtr& rules) {
    static const Demands kNone;
    return {{"type", "array"},
            {"items", Type(type.element(), demands.elements ? *demands.elements : kNone,
                           PartPtr(rules, 0))}};
  }

  Json Map(const DataType& type, const Demands& demands, const ValueRulesPtr& rules) {
    static const Demands kNone;
    Json schema = {
        {"type", "object"},
        {"additionalProperties",
         Type(type.map_value(), demands.elements ? *demands.elements : kNone, PartPtr(rules, 0))}};
    if (!type.map_key().is(TypeKind::kString)) {
      schema["x-flow-key-type"] = type.map_key().ToString();
    }
    return schema;
  }

  Json Struct(const DataType& type, const Demands& demands, const ValueRulesPtr& rules) {
    static const Demands kNone;
    Json schema = {{"type", "object"}, {"properties", Json::object()}};
    Json required = Json::array();
    for (size_t i = 0; i < type.fields().size(); ++i) {
      const StructField& field = type.fields()[i];
      const auto found = demands.fields.find(static_cast<int>(i));
      schema["properties"][field.name] = Type(
          field.type, found == demands.fields.end() ? kNone : found->second, PartPtr(rules, i));
      const ValueRules* rule = Part(rules, i);
      if (!field.type.optional() || (rule != nullptr && rule->key_required)) {
        required.push_back(field.name);
      }
    }
    if (!required.empty()) schema["required"] = std::move(required);
    if (rules != nullptr && rules->unknown_refused) schema["additionalProperties"] = false;
    return schema;
  }
};

}  // namespace

std::string WriteJsonSchema(const std::vector<semantic::SchemaInfoPtr>& schemas) {
  Json document = {{"$schema", kDialect}};
  SchemaWriter writer;
  if (schemas.size() == 1) {
    document.update(writer.Write(*schemas[0]));
  } else {
    document["$defs"] = Json::object();
    for (const auto& schema : schemas) document["$defs"][schema->name] = writer.Write(*schema);
  }
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace weir::jsonschema
