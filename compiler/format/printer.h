#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "compiler/ast/file.h"
#include "compiler/format/comment_cursor.h"
#include "compiler/format/doc.h"
#include "compiler/source/source_file.h"

namespace weir::format {

/// Turns the AST of one file into a layout. Nodes must be visited in the order of the source, since
/// each takes the comments in front of it and behind it. Literals and names keep their own text.
class Printer {
 public:
  explicit Printer(const SourceFile& source) : source_(source), comments_(source) {}

  Doc File(const ast::File& file);

 private:
  /// One thing of a list: where it stands in the source and how to print it.
  struct Entry {
    Span span;
    std::function<Doc()> print;
  };

  // print_lists.cc
  /// open a, b close on one line, else one entry a line with trailing commas.
  Doc Bracketed(const char* open, const char* close, std::vector<Entry> entries, Span whole,
                bool inner_blanks = false, bool trailing_comma = true);
  /// a, b on one line, else one entry a line, comma behind each but the last.
  Doc CommaLines(std::vector<Entry> entries);
  /// Entries on lines of their own between braces; {} if there is nothing inside.
  Doc BraceBlock(std::vector<Entry> entries, Span whole);
  /// One entry a line, comments and single empty lines kept.
  Doc Lines(std::vector<Entry> entries, bool blanks = true);
  /// Clauses of a declaration or stage: in canonical order, or as written if comments stand
  /// between them.
  void Arrange(std::vector<Entry>& clauses) const;
  Doc WithComments(const Entry& entry);

  // print_expr.cc
  Doc Expr(const ast::ExprPtr& expr);
  Doc Expr(const ast::Expr& expr);
  Doc Bare(const ast::Expr& expr);
  Doc Binary(const ast::BinaryExpr& binary);
  void Chain(const ast::Expr& expr, ast::BinaryOp op, std::vector<Doc>& out);
  Doc Member(const ast::MemberExpr& member);
  Doc If(const ast::IfExpr& choice);
  Doc Match(const ast::MatchExpr& match);
  Doc Args(const ast::CallArgs& args);
  Doc Struct(const ast::StructExpr& value);
  Doc List(const ast::ListExpr& list);
  Doc Literal(const ast::Expr& literal);
  Doc Pattern(const ast::Pattern& pattern);
  /// On one line, without its comments: for measuring and aligning.
  std::string Flat(const std::function<Doc()>& print);
  std::string PatternsText(const std::vector<ast::Pattern>& patterns);

  // print_clauses.cc
  Doc Type(const ast::TypeRefPtr& type);
  Doc Type(const ast::TypeRef& type);
  Doc Field(const ast::FieldDecl& field);
  Doc Annotations(const std::vector<ast::Annotation>& annotations, const char* separator);
  Doc Route(const ast::Route& route);
  Doc Keys(const char* word, const ast::KeyList& keys);
  Doc Connector(const ast::Connector& connector);
  Doc CallOnly(const ast::CallOnly& call);
  Doc Emit(const ast::EmitClause& emit);
  Doc Late(const ast::LateClause& late);
  Doc Pii(const ast::PiiClause& pii);
  Doc Format(const ast::FormatClause& format);
  Doc Assignment(const ast::Assignment& assignment, size_t name_width = 0);
  std::vector<Entry> AssignmentEntries(const std::vector<ast::Assignment>& assignments);

  // print_item.cc, print_endpoint.cc
  Doc Head(const ast::ModuleHead& head);
  Doc Item(const ast::Item& item);
  Doc ItemBody(const ast::Item& item);
  Doc Use(const ast::UseDecl& use);
  Doc Param(const ast::ParamDecl& param);
  Doc Profile(const ast::ProfileDecl& profile);
  Doc Schema(const ast::SchemaDecl& schema);
  Doc Function(const ast::FunctionDecl& fn);
  Doc Template(const ast::TemplateDecl& decl);
  Doc Params(const std::vector<ast::FnParam>& params, Span whole);
  Doc Stream(const ast::StreamDecl& stream);
  Doc View(const ast::ViewDecl& view);
  Doc Alert(const ast::AlertDecl& alert);
  Doc Slo(const ast::SloDecl& slo);
  Doc Source(const ast::SourceDecl& source);
  Doc Time(const ast::TimeClause& time);
  Doc Table(const ast::TableDecl& table);
  Doc Sink(const ast::SinkDecl& sink);
  Doc Batch(const ast::BatchClause& batch);
  Doc ClauseLines(Doc head, uint32_t head_end, std::vector<Entry> clauses);
  /// Width of "param name: type" in a run of equal items without a gap, for aligning `=`.
  void AlignItems(const std::vector<ast::ItemPtr>& items);
  std::string HeadText(const ast::Item& item);
  /// `head` filled with blanks up to the width of its run.
  std::string PaddedHead(std::string head) const;
  bool IsOneLine(const ast::TypeRef& type);

  // print_stage.cc, print_aggregate.cc
  Doc Pipeline(const ast::Pipeline& pipeline, int indent);
  Doc Stages(const std::vector<ast::StagePtr>& stages);
  /// name = pipeline, on one line if it has one stage and fits.
  Doc Defined(Doc head, const ast::Pipeline& pipeline);
  Doc Stage(const ast::Stage& stage);
  Doc StageBody(const ast::Stage& stage);
  Doc Select(const ast::SelectStage& stage);
  Doc AssignmentStage(const char* word, const std::vector<ast::Assignment>& assignments);
  Doc Validate(const ast::ValidateStage& stage);
  Doc ValidateRule(const ast::ValidateRule& rule);
  Doc RouteStage(const ast::RouteStage& stage);
  Doc Sort(const ast::SortStage& stage);
  Doc Into(const ast::IntoStage& stage);
  Doc Lookup(const ast::LookupStage& stage);
  Doc Join(const ast::JoinStage& stage);
  Doc Aggregate(const ast::AggregateStage& stage);
  Doc Window(const ast::WindowSpec& window);

  // print_keyed.cc
  Doc Parts(Doc head, const ast::KeyedParts& parts);
  Doc State(const ast::StateBlock& state);
  Doc Output(const ast::OutputBlock& output);
  Doc Block(const ast::Block& block);
  Doc Statement(const ast::Statement& statement);
  Doc IfStatement(const ast::IfStatement& statement);
  Doc MatchStatement(const ast::MatchStatement& statement);

  // print_test.cc
  Doc Test(const ast::TestDecl& test);
  Doc Step(const ast::TestStep& step);
  Doc Expect(const ast::ExpectRowsStep& step);

  /// Source text of a node.
  std::string Raw(Span span) const { return std::string(source_.Text(span)); }
  Doc Name(const ast::Name& name) const { return Text(Raw(name.span)); }
  Doc Names(const std::vector<ast::Name>& names) const;
  Doc String(const ast::StringValue& value) const;

  const SourceFile& source_;
  CommentCursor comments_;
  std::vector<size_t> item_widths_;  ///< Per item: width of its head before `=`; 0: not aligned.
  size_t item_width_ = 0;            ///< Of the item that is being printed.
};

/// The canonical text of a string literal: double quotes unless it contains some.
std::string CanonicalString(std::string_view raw);
/// The canonical text of a number: digits in groups of three from 10_000 on.
std::string CanonicalNumber(std::string_view raw);

}  // namespace weir::format
