#include "runtime/exec/node_account.h"

#include <cstring>

namespace weir {
namespace {

/// 3 has `muted`, at the end.
constexpr char kCodecVersion = 3, kWithoutMuted = 2;

using Counts = std::map<std::string, int64_t, std::less<>>;

void AddRows(std::vector<int64_t>& target, const std::vector<int64_t>& source) {
  if (target.size() < source.size()) target.resize(source.size(), 0);
  for (size_t i = 0; i < source.size(); ++i) target[i] += source[i];
}

class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}
  void Number(int64_t value) {
    char bytes[sizeof(value)];
    std::memcpy(bytes, &value, sizeof(value));
    out_.append(bytes, sizeof(bytes));
  }
  void Text(std::string_view text) {
    Number(static_cast<int64_t>(text.size()));
    out_ += text;
  }
  void Numbers(const std::vector<int64_t>& values) {
    Number(static_cast<int64_t>(values.size()));
    for (int64_t value : values) Number(value);
  }
  void Map(const Counts& counts) {
    Number(static_cast<int64_t>(counts.size()));
    for (const auto& [reason, count] : counts) {
      Text(reason);
      Number(count);
    }
  }

 private:
  std::string& out_;
};

/// Reads what Writer wrote; after damage everything is 0 and ok() false.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}
  bool ok() const { return ok_; }
  bool at_end() const { return bytes_.empty(); }

  int64_t Number() {
    int64_t value = 0;
    if (bytes_.size() < sizeof(value)) {
      ok_ = false;
      return 0;
    }
    std::memcpy(&value, bytes_.data(), sizeof(value));
    bytes_.remove_prefix(sizeof(value));
    return value;
  }
  size_t Size() {
    const int64_t size = Number();
    if (size < 0 || static_cast<size_t>(size) > bytes_.size()) {
      ok_ = false;
      return 0;
    }
    return static_cast<size_t>(size);
  }
  std::string Text() {
    const size_t size = Size();
    std::string text(bytes_.substr(0, size));
    bytes_.remove_prefix(size);
    return text;
  }
  std::vector<int64_t> Numbers() {
    std::vector<int64_t> values(Size());
    for (int64_t& value : values) value = Number();
    return values;
  }
  Counts Map() {
    Counts counts;
    for (size_t left = Size(); left > 0 && ok_; --left) {
      std::string reason = Text();
      counts[std::move(reason)] = Number();
    }
    return counts;
  }

 private:
  std::string_view bytes_;
  bool ok_ = true;
};

}  // namespace

void NodeAccount::Add(const NodeAccount& other) {
  ledger.Add(other.ledger);
  AddRows(rows_in, other.rows_in);
  AddRows(rows_out, other.rows_out);
}

std::string EncodeAccount(const NodeAccount& account) {
  std::string out(1, kCodecVersion);
  Writer writer(out);
  const Ledger& ledger = account.ledger;
  for (int64_t count : {ledger.rows_in, ledger.passed, ledger.absorbed, ledger.late, ledger.pending,
                        ledger.rows_out, ledger.routed, ledger.partly_late, ledger.records_read,
                        ledger.bytes_read}) {
    writer.Number(count);
  }
  writer.Map(ledger.discarded);
  writer.Map(ledger.dead_lettered);
  writer.Map(ledger.produced);
  writer.Map(ledger.failed_results);
  writer.Numbers(account.rows_in);
  writer.Numbers(account.rows_out);
  writer.Number(ledger.muted);
  return out;
}

Result<NodeAccount> DecodeAccount(std::string_view bytes) {
  const char version = bytes.empty() ? '\0' : bytes[0];
  if (version != kCodecVersion && version != kWithoutMuted) {
    return DataLossError("a ledger is damaged");
  }
  Reader reader(bytes.substr(1));
  NodeAccount account;
  Ledger& ledger = account.ledger;
  for (int64_t* count : {&ledger.rows_in, &ledger.passed, &ledger.absorbed, &ledger.late,
                         &ledger.pending, &ledger.rows_out, &ledger.routed, &ledger.partly_late,
                         &ledger.records_read, &ledger.bytes_read}) {
    *count = reader.Number();
  }
  ledger.discarded = reader.Map();
  ledger.dead_lettered = reader.Map();
  ledger.produced = reader.Map();
  ledger.failed_results = reader.Map();
  account.rows_in = reader.Numbers();
  account.rows_out = reader.Numbers();
  if (version == kCodecVersion) ledger.muted = reader.Number();
  if (!reader.ok() || !reader.at_end()) return DataLossError("a ledger is damaged");
  return account;
}

}  // namespace weir
