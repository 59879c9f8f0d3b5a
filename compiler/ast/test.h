#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "compiler/ast/clauses.h"
#include "compiler/ast/item.h"

namespace weir::ast {

/// fixture name: type = value
struct FixtureDecl : ItemOf<ItemKind::kFixture> {
  TypeRefPtr type;
  ExprPtr value;
};

enum class TestStepKind : uint8_t {
  kLet,
  kGiven,
  kAdvance,
  kRestart,
  kExpectThat,
  kExpectRows,
};

struct TestStep {
  TestStepKind kind;
  Span span;

  explicit TestStep(TestStepKind k) : kind(k) {}
  TestStep(const TestStep&) = delete;
  TestStep& operator=(const TestStep&) = delete;
  virtual ~TestStep() = default;

  template <typename T>
  const T& As() const {
    return static_cast<const T&>(*this);
  }
};

using TestStepPtr = std::unique_ptr<TestStep>;

template <TestStepKind kind_of>
struct TestStepOf : TestStep {
  static constexpr TestStepKind kKind = kind_of;
  TestStepOf() : TestStep(kind_of) {}
};

struct LetStep : TestStepOf<TestStepKind::kLet> {
  Name name;
  ExprPtr value;
};

/// given source at time [rows], or given source at time load("file")
struct GivenStep : TestStepOf<TestStepKind::kGiven> {
  Name source;
  ExprPtr at;    ///< Null without one.
  ExprPtr rows;  ///< A ListExpr or a CallExpr.
};

/// advance to time, or advance by amount
struct AdvanceStep : TestStepOf<TestStepKind::kAdvance> {
  ExprPtr to;  ///< Null with `by`.
  ExprPtr by;  ///< Null with `to`.
};

struct RestartStep : TestStepOf<TestStepKind::kRestart> {};

/// expect that condition
struct ExpectThatStep : TestStepOf<TestStepKind::kExpectThat> {
  ExprPtr condition;
};

enum class Expectation : uint8_t {
  kRows,      ///< [ … ]: the same number, any order, the named fields only.
  kExactly,   ///< exactly [ … ]: all fields.
  kContains,  ///< contains [ … ]: a subset.
  kInOrder,   ///< in order [ … ]
  kEmpty,     ///< empty
  kCount,     ///< rows 3
};

struct ExpectRowsStep : TestStepOf<TestStepKind::kExpectRows> {
  Name stream;
  ExprPtr where;  ///< Null without one.
  Expectation expectation = Expectation::kRows;
  std::unique_ptr<ListExpr> rows;  ///< Null for kEmpty and kCount.
  int64_t count = 0;               ///< kCount.
};

/// test "name" profile p { steps }
struct TestDecl : ItemOf<ItemKind::kTest> {
  StringValue title;
  std::optional<Name> profile;
  std::vector<TestStepPtr> steps;
};

}  // namespace weir::ast
