using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json.Nodes;
using Crosstown.Server.People;
using Crosstown.Server.Query;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace Crosstown.Server.Api;

/// <summary>The interface described in OpenAPI, made from the routes themselves: parameters with their limits, answers, problems, the role that each asks for.</summary>
internal static class ApiDocument
{
    public const string Path = "/openapi/v1.json";

    private const string Version = "v1";

    /// <summary>What endpoints do whose own code says only their name.</summary>
    private static readonly FrozenDictionary<string, string> s_summaries = new Dictionary<string, string>
    {
        ["getSession"] = "Who is signed in, what they may do, and the token that changes need.",
        ["getCity"] = "The city: its name, zone, clock, bounds and corridors.",
        ["getBasemap"] = "The streets under the map, as GeoJSON.",
        ["listSignals"] = "Signals with their class now, by page.",
        ["getSignal"] = "Everything known of one signal: phases, overlaps, approaches, detectors, patterns.",
        ["getSignalState"] = "What every head and detector of a signal shows now.",
        ["listMeasures"] = "The measures with their tables, columns and options.",
        ["getMeasureDefinition"] = "How a measure is defined, in Markdown.",
        ["listenLive"] = "Server-sent events: classes of signals, the clock, versions of tables, the number of findings.",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static void Add(IServiceCollection services) => services.AddOpenApi(Version, options =>
    {
        options.ShouldInclude = d => d.RelativePath?.StartsWith("api/v1", StringComparison.Ordinal) == true;
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "Crosstown",
                Version = "1",
                Description = "Signals, their logs and what is measured from them. Times are milliseconds UTC as whole numbers, named ...Ms. A missing value is null, never 0. "
                    + "Problems are application/problem+json with stable codes. Changes need the header RequestVerificationToken, or a source's token.",
            };
            document.Servers = [];
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, context, _) =>
        {
            Describe(operation, context.Description.ActionDescriptor.EndpointMetadata);
            return Task.CompletedTask;
        });
    });

    public static void Map(IEndpointRouteBuilder routes) => routes.MapOpenApi("/openapi/{documentName}.json").OpenToAll();

    private static void Describe(OpenApiOperation operation, IList<object> metadata)
    {
        operation.Summary = string.IsNullOrEmpty(operation.Summary) ? s_summaries.GetValueOrDefault(operation.OperationId ?? "") ?? Spoken(operation.OperationId) : operation.Summary;
        if (metadata.OfType<ApiParameters>().LastOrDefault() is { } parameters)
        {
            operation.Parameters = [.. parameters.All.Select(Parameter)];
            if (parameters.TakesOptions)
            {
                operation.Description = "Options of the table's measure are parameters too, each under its own name, such as red_window_s=5; GET /api/v1/measures lists them.";
            }
        }

        var isOpen = metadata.OfType<IAllowAnonymous>().Any();
        var role = metadata.OfType<IAuthorizeData>().LastOrDefault()?.Policy;
        operation.Extensions ??= new Dictionary<string, IOpenApiExtension>();
        operation.Extensions["x-crosstown-role"] = new JsonNodeExtension(JsonValue.Create(isOpen ? "all" : role ?? "none"));
        operation.Responses ??= [];
        AddProblem(operation.Responses, "429", "Too many requests; Retry-After says when to try again.");
        if (!isOpen)
        {
            AddProblem(operation.Responses, "401", "Nobody is signed in.");
            AddProblem(operation.Responses, "403", $"The account lacks the role {role ?? Access.PolicyOf(Role.Admin)}, or a reason for raw data is missing.");
        }
    }

    private static void AddProblem(OpenApiResponses responses, string status, string description) => responses.TryAdd(status, new OpenApiResponse
    {
        Description = description,
        Content = new Dictionary<string, OpenApiMediaType> { ["application/problem+json"] = new() },
    });

    private static OpenApiParameter Parameter(ApiParameter parameter)
    {
        var schema = new OpenApiSchema();
        switch (parameter.Kind)
        {
            case ParameterKind.Time or ParameterKind.Whole:
                (schema.Type, schema.Format) = (JsonSchemaType.Integer, "int64");
                schema.Minimum = parameter.Least?.ToString(CultureInfo.InvariantCulture);
                schema.Maximum = parameter.Most?.ToString(CultureInfo.InvariantCulture);
                break;
            case ParameterKind.Flag:
                schema.Type = JsonSchemaType.Boolean;
                break;
            case ParameterKind.Wholes or ParameterKind.Signals:
                schema.Type = JsonSchemaType.Array;
                (schema.MinItems, schema.MaxItems) = ((int?)parameter.Least, (int?)parameter.Most);
                schema.Items = parameter.Kind == ParameterKind.Wholes ? new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int32" } : Signal();
                break;
            case ParameterKind.Word:
                schema.Type = JsonSchemaType.String;
                schema.Enum = [.. parameter.Words.Select(w => (JsonNode)JsonValue.Create(w)!)];
                break;
            case ParameterKind.Signal:
                schema = Signal();
                break;
            case ParameterKind.Length:
                (schema.Type, schema.Pattern) = (JsonSchemaType.String, "^[0-9]+[mhd]$");
                break;
            default:
                (schema.Type, schema.MaxLength) = (JsonSchemaType.String, 100);
                break;
        }

        if (parameter.Default is { } text)
        {
            schema.Default = schema.Type == JsonSchemaType.Integer ? JsonValue.Create(long.Parse(text, CultureInfo.InvariantCulture)) : schema.Type == JsonSchemaType.Boolean ? JsonValue.Create(text == "true") : JsonValue.Create(text);
        }

        return new OpenApiParameter
        {
            Name = parameter.Name,
            In = parameter.In switch { "path" => ParameterLocation.Path, "header" => ParameterLocation.Header, _ => ParameterLocation.Query },
            Required = parameter.IsRequired,
            Description = parameter.Description,
            Schema = schema,
            Style = parameter.Kind is ParameterKind.Wholes or ParameterKind.Signals ? ParameterStyle.Form : null,
            Explode = false,
            Example = parameter.Example.Length == 0 ? null : JsonValue.Create(parameter.Example),
        };
    }

    private static OpenApiSchema Signal() => new() { Type = JsonSchemaType.String, Pattern = "^[A-Za-z0-9][A-Za-z0-9_.-]{0,14}$" };

    /// <summary>A name such as <c>addSource</c> in words.</summary>
    private static string Spoken(string? name)
    {
        var words = string.Concat((name ?? "").Select(c => char.IsUpper(c) ? $" {char.ToLowerInvariant(c)}" : c.ToString()));
        return words.Length == 0 ? "" : $"{char.ToUpperInvariant(words[0])}{words[1..]}.";
    }
}
