#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "compiler/ast/file.h"
#include "compiler/diagnostics/diagnostic_engine.h"
#include "compiler/semantic/declare_catalog.h"
#include "compiler/semantic/expr_binder.h"
#include "compiler/source/source_manager.h"

namespace weir::semantic {

/// Modules from memory first, then those of the library.
class TestModules : public ModuleLoader {
 public:
  TestModules(SourceManager& sources, DiagnosticEngine& diagnostics)
      : sources_(sources), diagnostics_(diagnostics) {}
  void Add(std::string name, std::string text) { texts_[std::move(name)] = std::move(text); }

  Module LoadByName(const std::string& dotted) override;
  Module LoadByPath(const std::string& path) override;
  std::vector<std::string> Names() const override;

 private:
  Module Parse(const std::string& key, std::string text);

  SourceManager& sources_;
  DiagnosticEngine& diagnostics_;
  std::map<std::string, std::string> texts_;
  std::map<std::string, std::pair<std::unique_ptr<ast::File>, const SourceFile*>> parsed_;
};

/// A file given as text, its catalog and everything that was reported. Functions and connectors
/// are small ones that tests can see through.
class CheckedText {
 public:
  CheckedText();
  CompileOptions options;
  std::map<std::string, std::string> environment;

  TestModules& modules() { return *modules_; }
  /// Parses and builds; the message of a command-line mistake, "" if there is none.
  std::string Build(std::string text);
  const Catalog& catalog() const { return *catalog_; }
  DiagnosticEngine& diagnostics() { return diagnostics_; }

  /// Codes in the order of the source, separated by blanks.
  std::string Codes() const;
  /// "F0101 there is no type `x`" and the same for the others; labels, notes and helps below.
  std::string Report() const;

  /// An expression over the fields of schema `row` of the file.
  plan::ExprPtr Bind(const std::string& text, const std::string& row,
                     const std::optional<DataType>& expected = std::nullopt);
  plan::ExprPtr BindIn(const std::string& text, const Scope& scope,
                       const std::optional<DataType>& expected = std::nullopt);
  plan::AggregateCall BindAggregate(const std::string& text, const std::string& row);
  Scope ScopeOf(const std::string& row) const;
  const ast::Expr& ParseExpr(const std::string& text);

 private:
  SourceManager sources_;
  DiagnosticEngine diagnostics_;
  std::unique_ptr<TestModules> modules_;
  std::unique_ptr<ast::File> file_;
  std::unique_ptr<Catalog> catalog_;
  std::vector<ast::ExprPtr> exprs_;
};

/// to_float, abs, upper, concat, date, now, hash, coalesce_all; count, sum, avg, percentile.
const FunctionRegistry& TestFunctions();
/// kafka, log, file, redis, postgres, console; formats json and csv.
const ConnectorRegistry& TestConnectors();

}  // namespace weir::semantic
