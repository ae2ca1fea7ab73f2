using System.Globalization;
using Crosstown.Core.Data;
using Crosstown.Core.Privacy;
using Crosstown.Core.Street;
using Crosstown.Logs.Store;
using Crosstown.Server.Api;
using Crosstown.Server.People;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Crosstown.Server.Live.Intake;

/// <summary>Something that was wrong with what was sent.</summary>
/// <param name="Kind">What is wrong, as a word.</param>
/// <param name="Source">The file; <c>body</c> for a batch.</param>
/// <param name="Position">Line, record or byte, as the format counts them; 0 for the whole.</param>
/// <param name="Value">The value, or only its shape where it may not be repeated.</param>
/// <param name="Assumed">What was done.</param>
internal sealed record IntakeIssue(DataIssueKind Kind, string Source, long Position, string Value, string Assumed);

/// <summary>What one of the files gave.</summary>
/// <param name="Format">Null when no reader knew the content.</param>
internal sealed record IntakeFileAnswer(string Name, string? Format, IReadOnlyList<string> Signals, long Events, long Refused);

/// <summary>What was taken; it is on the disk.</summary>
/// <param name="Taken">Events that are stored now, known ones included.</param>
/// <param name="Added">Events of them that were not known.</param>
/// <param name="Refused">Rows left out and events not stored.</param>
/// <param name="IssueCount">The number of issues; the first of each kind are listed.</param>
internal sealed record IntakeAnswer(long Taken, long Added, long Refused, IReadOnlyList<IntakeFileAnswer> Files, long IssueCount, IReadOnlyList<IntakeIssue> Issues);

/// <summary>Where other programs and people hand logs in.</summary>
internal static class IntakeApi
{
    /// <summary>Longest body, in bytes.</summary>
    public const long MostBytes = 64L << 20;

    private const int MostIssues = 100;
    private const int MostFiles = 500;
    private const int MostWordBytes = 64;
    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(2);
    private static readonly string[] s_batches = ["application/x-ndjson", "application/ndjson", "application/jsonl", "text/csv"];
    private static readonly string[] s_files =
    [
        "multipart/form-data", "application/octet-stream", "application/gzip", "application/x-gzip", "application/zlib", "application/xml", "text/xml",
        "application/vnd.apache.parquet", .. s_batches,
    ];

    public static void Map(RouteGroupBuilder api)
    {
        // The types that are taken are no metadata: routing would then turn others away before they are counted.
        api.MapPost("/events", TakeEvents).RequireIntake().WithName("addEvents").WithTags("intake")
            .WithMetadata(new RequestSizeLimitAttribute(MostBytes)).Produces<IntakeAnswer>();
        api.MapPost("/files", TakeFiles).RequireIntake().WithName("addFiles").WithTags("intake")
            .WithMetadata(new RequestSizeLimitAttribute(MostBytes)).Produces<IntakeAnswer>();
    }

    private static Task<IResult> TakeEvents(HttpContext context, IntakeRun run, IntakeLog log, BodyBudget budget, TimeProvider time, string? zone = null, string? signal = null) =>
        TakeAsync(context, IntakeDoor.Push, s_batches, run, log, budget, time, zone, signal);

    private static Task<IResult> TakeFiles(HttpContext context, IntakeRun run, IntakeLog log, BodyBudget budget, TimeProvider time, string? zone = null, string? signal = null) =>
        TakeAsync(context, IntakeDoor.Upload, s_files, run, log, budget, time, zone, signal);

    private static async Task<IResult> TakeAsync(
        HttpContext context, IntakeDoor door, string[] types, IntakeRun run, IntakeLog log, BodyBudget budget, TimeProvider time, string? zone, string? signal)
    {
        if (!MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var type) || !types.Contains(type.MediaType.ToString(), StringComparer.OrdinalIgnoreCase))
        {
            return WrongType(log, type?.MediaType.ToString() ?? "", types);
        }

        using var timer = new CancellationTokenSource(s_longest, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, context.RequestAborted);
        var bodies = new List<(string Name, HeldBody Body)>();
        try
        {
            var words = new Words { Zone = zone, Signal = signal };
            var problem = type.Boundary.Length > 0
                ? await ReadPartsAsync(context.Request, type, bodies, words, log, budget, either.Token).ConfigureAwait(false)
                : await ReadWholeAsync(context.Request, bodies, budget, either.Token).ConfigureAwait(false);
            problem ??= FindRecording(bodies, log) ?? words.Check(out _);
            if (problem is not null)
            {
                return problem;
            }

            _ = words.Check(out var checkedWords);
            var report = await run.TakeAsync([.. bodies.Select(b => new IntakeFile(b.Name, b.Body.Open))], door, checkedWords, either.Token).ConfigureAwait(false);
            return Answer(report);
        }
        catch (InvalidDataException)
        {
            return TooLong();
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return TooLong();
        }
        catch (OperationCanceledException) when (timer.IsCancellationRequested)
        {
            return ApiProblem.Of(
                StatusCodes.Status408RequestTimeout, "XT324", "body", string.Create(CultureInfo.InvariantCulture, $"It took longer than {s_longest.TotalSeconds:0} s. Send less at once; what was taken is known when it comes again."));
        }
        catch (ProblemException e)
        {
            return ApiProblem.Of(StatusCodes.Status400BadRequest, e.Problems);
        }
        catch (AppendRefusedException e)
        {
            return NotTaken(context.Response, e);
        }
        finally
        {
            foreach (var (_, body) in bodies)
            {
                body.Dispose();
            }
        }
    }

    /// <summary>A picture, film or sound is turned away unread and counted (rule P09).</summary>
    private static IResult WrongType(IntakeLog log, string type, string[] types)
    {
        if (IsRecording(type))
        {
            log.CountRecording();
            return Recording();
        }

        return ApiProblem.Of(StatusCodes.Status415UnsupportedMediaType, "XT321", "Content-Type", $"The type is none of {string.Join(", ", types)}.");
    }

    private static bool IsRecording(string type) =>
        type.StartsWith("image/", StringComparison.OrdinalIgnoreCase) || type.StartsWith("video/", StringComparison.OrdinalIgnoreCase) || type.StartsWith("audio/", StringComparison.OrdinalIgnoreCase);

    private static IResult Recording() => ApiProblem.Of(
        StatusCodes.Status415UnsupportedMediaType, "XT320", "body", "This is a picture, a film or a sound. Crosstown takes none of them; it was not kept.");

    private static IResult? FindRecording(List<(string Name, HeldBody Body)> bodies, IntakeLog log)
    {
        if (!bodies.Any(b => ValueShapes.IsRecording(b.Body.Head)))
        {
            return null;
        }

        log.CountRecording();
        return Recording();
    }

    private static async Task<IResult?> ReadWholeAsync(HttpRequest request, List<(string Name, HeldBody Body)> bodies, BodyBudget budget, CancellationToken stop)
    {
        var name = ContentDispositionHeaderValue.TryParse(request.Headers.ContentDisposition.ToString(), out var said) ? FileNameOf(said) : null;
        var body = new HeldBody(budget);
        bodies.Add((name ?? "body", body));
        return await body.TryReadAsync(request.Body, MostBytes, stop).ConfigureAwait(false) ? null : Busy(request.HttpContext.Response);
    }

    private static async Task<IResult?> ReadPartsAsync(
        HttpRequest request, MediaTypeHeaderValue type, List<(string Name, HeldBody Body)> bodies, Words words, IntakeLog log, BodyBudget budget, CancellationToken stop)
    {
        var parts = new MultipartReader(HeaderUtilities.RemoveQuotes(type.Boundary).ToString(), request.Body) { HeadersCountLimit = 8, HeadersLengthLimit = 4 << 10 };
        while (await parts.ReadNextSectionAsync(stop).ConfigureAwait(false) is { } part)
        {
            if (!ContentDispositionHeaderValue.TryParse(part.ContentDisposition, out var said))
            {
                return BadParts("A part has no Content-Disposition.");
            }

            if (FileNameOf(said) is not { } name)
            {
                words.Set(HeaderUtilities.RemoveQuotes(said.Name).ToString(), await ReadWordAsync(part.Body, stop).ConfigureAwait(false));
                continue;
            }

            if (IsRecording(part.ContentType ?? ""))
            {
                log.CountRecording();
                return Recording();
            }

            if (bodies.Count == MostFiles)
            {
                return BadParts(string.Create(CultureInfo.InvariantCulture, $"There are more than {MostFiles} files."));
            }

            var body = new HeldBody(budget);
            bodies.Add((name, body));
            if (!await body.TryReadAsync(part.Body, MostBytes, stop).ConfigureAwait(false))
            {
                return Busy(request.HttpContext.Response);
            }
        }

        return bodies.Count == 0 ? BadParts("There is no file in it.") : null;
    }

    private static async Task<string?> ReadWordAsync(Stream part, CancellationToken stop)
    {
        var bytes = new byte[MostWordBytes + 1];
        var count = await part.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, stop).ConfigureAwait(false);
        return count > MostWordBytes ? null : System.Text.Encoding.ASCII.GetString(bytes, 0, count).Trim();
    }

    private static string? FileNameOf(ContentDispositionHeaderValue said)
    {
        var name = HeaderUtilities.RemoveQuotes(said.FileNameStar.HasValue ? said.FileNameStar : said.FileName).ToString();
        return name.Length == 0 ? null : name;
    }

    private static IResult BadParts(string what) => ApiProblem.Of(StatusCodes.Status400BadRequest, "XT322", "body", what);

    private static IResult TooLong() => ApiProblem.Of(
        StatusCodes.Status413PayloadTooLarge, "XT323", "body", string.Create(CultureInfo.InvariantCulture, $"The body is longer than {MostBytes >> 20} MiB. Send it in pieces, or put large files into the server's inbox folder."));

    private static IResult Busy(HttpResponse response)
    {
        response.Headers.RetryAfter = "5";
        return ApiProblem.Of(StatusCodes.Status429TooManyRequests, "XT325", "body", "Too much is being sent at once. Send it again in a few seconds.");
    }

    private static IResult NotTaken(HttpResponse response, AppendRefusedException e)
    {
        var (status, code, seconds) = e.Refusal switch
        {
            AppendRefusal.DiskFull => (StatusCodes.Status507InsufficientStorage, "XT326", 30),
            AppendRefusal.Overloaded => (StatusCodes.Status429TooManyRequests, "XT325", 5),
            AppendRefusal.Ending => (StatusCodes.Status503ServiceUnavailable, "XT328", 10),
            _ => (StatusCodes.Status503ServiceUnavailable, "XT327", 120),
        };
        response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        return ApiProblem.Of(status, code, "body", e.Message);
    }

    private static IResult Answer(IntakeReport report)
    {
        var issues = report.Issues.ListExamples().Take(MostIssues).Select(i => new IntakeIssue(i.Kind, i.Source, i.Position, i.Value, i.Assumed)).ToList();
        return report.IsRead
            ? Results.Ok(new IntakeAnswer(
                report.Taken,
                report.Added,
                report.Refused,
                [.. report.Files.Select(f => new IntakeFileAnswer(f.Source, f.Format, [.. f.Signals.Select(s => s.Value)], f.Events, f.RowsRefused))],
                report.Issues.Count,
                issues))
            : ApiProblem.Of(
                StatusCodes.Status422UnprocessableEntity,
                [new Problem("XT329", "body", "Nothing of it could be read as a log."), .. issues.Select(i => new Problem("XT329", i.Source, i.Assumed))]);
    }

    /// <summary>Zone and signal as the sender wrote them, in the address or among the parts.</summary>
    private sealed class Words
    {
        public string? Zone { get; set; }

        public string? Signal { get; set; }

        public void Set(string name, string? value)
        {
            if (name == "zone")
            {
                Zone = value;
            }
            else if (name == "signal")
            {
                Signal = value;
            }
        }

        public IResult? Check(out IntakeWords words)
        {
            words = new IntakeWords(string.IsNullOrEmpty(Zone) ? null : Zone, null);
            if (string.IsNullOrEmpty(Signal))
            {
                return null;
            }

            if (!SignalId.TryParse(Signal, out var id))
            {
                return ApiProblem.Of(
                    StatusCodes.Status400BadRequest, "XT322", "signal", string.Create(CultureInfo.InvariantCulture, $"This is no signal id: 1 to {SignalId.MaxLength} letters, digits, '_', '.' or '-', starting with a letter or digit."));
            }

            words = words with { Signal = id };
            return null;
        }
    }
}
