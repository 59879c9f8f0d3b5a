#include "runtime/connectors/file/byte_writer.h"

#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <cerrno>
#include <vector>

#include "runtime/connectors/file/file_paths.h"

namespace weir {
namespace {

constexpr size_t kPackedBlock = 128 * 1024;
/// So much is written before the disk has to have what came before it: else the end of a large file
/// would wait minutes for all of it.
constexpr int64_t kWriteBack = 32 << 20;
constexpr int kZstdLevel = 3;

class PlainWriter final : public ByteWriter {
 public:
  PlainWriter(std::string path, int file) : path_(std::move(path)), file_(file) {}
  PlainWriter(const PlainWriter&) = delete;
  PlainWriter& operator=(const PlainWriter&) = delete;
  ~PlainWriter() override {
    if (file_ >= 0) ::close(file_);
  }

  Status Write(std::string_view bytes) override {
    while (!bytes.empty()) {
      const ssize_t written = ::write(file_, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return FileError("write", path_, errno);
      bytes.remove_prefix(static_cast<size_t>(written));
      size_ += written;
    }
    if (size_ - started_ >= kWriteBack) WriteBack();
    return Status::Ok();
  }
  Status EndFrame() override { return Status::Ok(); }
  int64_t size() const override { return size_; }

  Status Finish() override {
    const int closed = ::close(file_);
    file_ = -1;
    return closed == 0 ? Status::Ok() : FileError("close", path_, errno);
  }

 private:
  /// Starts writing what is new, and waits for what was started before. Only a hint: an error shows
  /// itself when the file is synced.
  void WriteBack() {
    ::sync_file_range(file_, started_, size_ - started_, SYNC_FILE_RANGE_WRITE);
    if (started_ > 0) {
      ::sync_file_range(file_, 0, started_, SYNC_FILE_RANGE_WAIT_BEFORE);
    }
    started_ = size_;
  }

  std::string path_;
  int file_;
  int64_t size_ = 0;
  int64_t started_ = 0;  ///< up to here the disk has it or is being given it
};

class GzipWriter final : public ByteWriter {
 public:
  explicit GzipWriter(std::unique_ptr<ByteWriter> file)
      : file_(std::move(file)), packed_(kPackedBlock) {
    deflateInit2(&stream_, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  }
  GzipWriter(const GzipWriter&) = delete;
  GzipWriter& operator=(const GzipWriter&) = delete;
  ~GzipWriter() override { deflateEnd(&stream_); }

  Status Write(std::string_view bytes) override {
    in_frame_ |= !bytes.empty();
    return Pack(bytes, Z_NO_FLUSH);
  }
  Status EndFrame() override {
    // An empty file still needs one member to be a gzip file.
    if (!in_frame_ && file_->size() > 0) return Status::Ok();
    in_frame_ = false;
    WEIR_TRY(Pack({}, Z_FINISH));
    deflateReset(&stream_);
    return Status::Ok();
  }
  int64_t size() const override { return file_->size(); }
  Status Finish() override {
    WEIR_TRY(EndFrame());
    return file_->Finish();
  }

 private:
  Status Pack(std::string_view bytes, int flush) {
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream_.avail_in = static_cast<uInt>(bytes.size());
    do {
      stream_.next_out = reinterpret_cast<Bytef*>(packed_.data());
      stream_.avail_out = static_cast<uInt>(packed_.size());
      deflate(&stream_, flush);
      WEIR_TRY(file_->Write({packed_.data(), packed_.size() - stream_.avail_out}));
    } while (stream_.avail_out == 0);
    return Status::Ok();
  }

  std::unique_ptr<ByteWriter> file_;
  std::vector<char> packed_;
  z_stream stream_{};
  bool in_frame_ = false;
};

class ZstdWriter final : public ByteWriter {
 public:
  explicit ZstdWriter(std::unique_ptr<ByteWriter> file)
      : file_(std::move(file)), packed_(kPackedBlock), stream_(ZSTD_createCCtx()) {
    ZSTD_CCtx_setParameter(stream_, ZSTD_c_compressionLevel, kZstdLevel);
    ZSTD_CCtx_setParameter(stream_, ZSTD_c_checksumFlag, 1);
  }
  ZstdWriter(const ZstdWriter&) = delete;
  ZstdWriter& operator=(const ZstdWriter&) = delete;
  ~ZstdWriter() override { ZSTD_freeCCtx(stream_); }

  Status Write(std::string_view bytes) override {
    in_frame_ |= !bytes.empty();
    return Pack(bytes, ZSTD_e_continue);
  }
  Status EndFrame() override {
    if (!in_frame_ && file_->size() > 0) return Status::Ok();
    in_frame_ = false;
    return Pack({}, ZSTD_e_end);
  }
  int64_t size() const override { return file_->size(); }
  Status Finish() override {
    WEIR_TRY(EndFrame());
    return file_->Finish();
  }

 private:
  Status Pack(std::string_view bytes, ZSTD_EndDirective directive) {
    ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
    while (true) {
      ZSTD_outBuffer out{packed_.data(), packed_.size(), 0};
      const size_t left = ZSTD_compressStream2(stream_, &out, &in, directive);
      if (ZSTD_isError(left) != 0) return InternalError("zstd: {}", ZSTD_getErrorName(left));
      WEIR_TRY(file_->Write({packed_.data(), out.pos}));
      const bool done = directive == ZSTD_e_end ? left == 0 : in.pos == in.size;
      if (done) return Status::Ok();
    }
  }

  std::unique_ptr<ByteWriter> file_;
  std::vector<char> packed_;
  ZSTD_CCtx* stream_;
  bool in_frame_ = false;
};

}  // namespace

std::string_view CompressionSuffix(std::string_view compression) {
  if (compression == "gzip") return ".gz";
  if (compression == "zstd") return ".zst";
  return "";
}

Result<std::unique_ptr<ByteWriter>> OpenByteWriter(const std::string& path,
                                                   std::string_view compression) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file < 0) return FileError("write", path, errno);
  return PackedWriter(std::make_unique<PlainWriter>(path, file), compression);
}

std::unique_ptr<ByteWriter> PackedWriter(std::unique_ptr<ByteWriter> plain,
                                         std::string_view compression) {
  if (compression == "gzip") return std::make_unique<GzipWriter>(std::move(plain));
  if (compression == "zstd") return std::make_unique<ZstdWriter>(std::move(plain));
  return plain;
}

}  // namespace weir
