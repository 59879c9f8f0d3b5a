#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "compiler/diagnostics/suggest.h"
#include "compiler/flowc/command.h"
#include "compiler/flowc/frontend.h"
#include "compiler/flowc/plan_tables.h"
#include "compiler/flowc/query_overview.h"
#include "compiler/flowc/query_request.h"
#include "compiler/flowc/query_target.h"
#include "compiler/flowc/result_table.h"
#include "compiler/flowc/terminal.h"

namespace weir::flowc {
namespace {

class QueryCommand final : public Command {
 public:
  std::string name() const override { return "query"; }
  std::string summary() const override {
    return "Runs SQL over the store and the views of a pipeline, for reading";
  }
  std::string examples() const override {
    return "  flowc query                       what there is, with queries to paste\n"
           "  flowc query \"SELECT * FROM conversion_funnel ORDER BY date, hour\"\n"
           "  flowc query \"SELECT count() FROM user_events_realtime\" --json\n"
           "  flowc query --format csv \"SELECT * FROM product_performance\" > products.csv\n"
           "  flowc query --store data/store \"SHOW TABLES\"\n"
           "  flowc query pipeline.flow - < report.sql\n"
           "The pipeline that runs in this folder (or with --state) answers while it writes; when\n"
           "none runs, the store that the last one left is opened. The dialect is ClickHouse's.\n"
           "Rows of upsert tables are the latest ones, times are UTC.";
  }

  void Define(CLI::App& app) override {
    app.add_option("arguments", arguments_,
                   "The statement, or - to read it from stdin; before it, a .flow file whose "
                   "pipeline is meant")
        ->type_name("[FILE.flow] [SQL]");
    app.add_option("--state", place_.state, "State folder of the pipeline")->type_name("DIR");
    app.add_option("--store", place_.store, "Folder of a store")->type_name("DIR");
    app.add_option("--profile", profile_, "Profile of the .flow file")->type_name("P");
    app.add_option("--param", params_, "Value of a param of the .flow file, K=V")
        ->type_name("K=V")
        ->allow_extra_args(false);
    app.add_option("--format", format_, "table, json (an object per line) or csv")
        ->check(CLI::IsMember({"table", "json", "csv"}));
    app.add_flag("--json", json_, "The same as --format json");
    app.add_option("--timeout", timeout_, "Seconds that the query may take")
        ->check(CLI::Range(0.001, 3600.0))
        ->type_name("S");
    app.add_option("--max-rows", request_.max_rows, "Largest result, in rows")
        ->check(CLI::Range(1, 100'000'000));
  }

  int Run() override {
    const int code = ReadArguments();
    if (code != kExitOk) return code;
    const Status status = Ask();
    if (!status.ok()) Log(status.message());
    return status.ok() ? kExitOk : kExitFailed;
  }

 private:
  int ReadArguments() {
    if (!arguments_.empty() && arguments_.front().ends_with(".flow")) {
      const int code = ReadFlowFile(arguments_.front());
      if (code != kExitOk) return code;
      arguments_.erase(arguments_.begin());
    } else if (!profile_.empty() || !params_.empty()) {
      Log("--profile and --param need a .flow file before the statement");
      return kExitUsage;
    }
    if (arguments_.size() > 1) {
      Log("one statement at a time, in quotes: flowc query \"SELECT …\"");
      return kExitUsage;
    }
    if (!arguments_.empty()) request_.sql = arguments_.front();
    if (request_.sql == "-") request_.sql = ReadStdin();
    request_.timeout = std::chrono::milliseconds(static_cast<int64_t>(timeout_ * 1000));
    request_.format = json_ || format_ == "json" ? QueryFormat::kJson
                      : format_ == "csv"         ? QueryFormat::kCsv
                                                 : QueryFormat::kColumns;
    return kExitOk;
  }

  int ReadFlowFile(const std::string& file) {
    Frontend frontend;
    FrontendOptions options;
    options.profile = profile_;
    options.params = params_;
    const auto compiled = frontend.Compile(file, options);
    if (!compiled.ok()) {
      Log(compiled.status().message());
      return kExitUsage;
    }
    if (frontend.failed() || compiled->logical == nullptr) {
      frontend.Report();
      return kExitFailed;
    }
    place_.pipeline = compiled->logical->settings.name;
    place_.stores = StoreFolders(*compiled->logical);
    return kExitOk;
  }

  static std::string ReadStdin() {
    std::string text;
    char buffer[4096];
    for (size_t got = 0; (got = std::fread(buffer, 1, sizeof(buffer), stdin)) > 0;) {
      text.append(buffer, got);
    }
    return text;
  }

  Status Ask() {
    WEIR_ASSIGN(const std::unique_ptr<QueryTarget> target, QueryTarget::Find(place_));
    if (arguments_.empty()) return ShowOverview(*target);
    const auto start = std::chrono::steady_clock::now();
    const Result<std::string> result = target->Run(request_);
    if (!result.ok()) return WithHint(*target, result.status());
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    size_t rows = 0;
    if (request_.format == QueryFormat::kColumns) {
      rows = CountTableRows(*result);
      Print(ResultTable(*result, Layout()));
    } else {
      const bool json = request_.format == QueryFormat::kJson;
      rows = json ? CountJsonRows(*result) : CountCsvRows(*result);
      Print(*result);
    }
    Log(fmt::format("{} {} in {:.3f} s from {}", Grouped(static_cast<int64_t>(rows)),
                    rows == 1 ? "row" : "rows", took.count(), target->Describe()));
    return Status::Ok();
  }

  /// The engine suggests tables of the store; it knows no views that are not asked for.
  Status WithHint(QueryTarget& target, const Status& status) const {
    const bool unknown_table = status.message().ends_with("(UNKNOWN_TABLE)");
    if (!unknown_table || status.message().find("Maybe you meant") != std::string::npos) {
      return status;
    }
    const Result<Overview> overview = ReadOverview(target, /*count=*/false);
    const auto statement = CheckReadOnly(request_.sql);
    if (!overview.ok() || !statement.ok()) return status;
    std::vector<std::string> names;
    for (const OverviewEntry& entry : overview->entries) names.push_back(entry.name);
    const std::string help = SuggestHelp(statement->table, names);
    return help.empty() ? status
                        : Status(status.code(), fmt::format("{}; {}", status.message(), help));
  }

  Status ShowOverview(QueryTarget& target) const {
    WEIR_ASSIGN(const Overview overview, ReadOverview(target, /*count=*/true));
    if (request_.format == QueryFormat::kJson) {
      Print(OverviewJson(overview, target.record()));
      return Status::Ok();
    }
    Print(OverviewText(overview, target.Describe()));
    return Status::Ok();
  }

  static TableLayout Layout() {
    TableLayout layout;
    if (StdoutIsTerminal()) layout.width = TerminalWidth();
    layout.color = StdoutTakesColor();
    return layout;
  }

  std::vector<std::string> arguments_;
  QueryPlace place_;
  std::string profile_;
  std::vector<std::string> params_;
  std::string format_ = "table";
  bool json_ = false;
  double timeout_ = 30;
  QueryRequest request_;
};

}  // namespace

std::unique_ptr<Command> MakeQueryCommand() { return std::make_unique<QueryCommand>(); }

}  // namespace weir::flowc
