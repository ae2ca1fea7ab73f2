namespace Crosstown.Server.Hosting;

/// <summary>What a server is started with.</summary>
internal sealed record ServerSettings
{
    /// <summary>The data folder; made when it is not there.</summary>
    public required string Data { get; init; }

    /// <summary>Where to listen, such as <c>http://127.0.0.1:5311</c>; port 0 takes any free one.</summary>
    public string Urls { get; init; } = "http://127.0.0.1:5311";

    /// <summary>A JSON file with more settings; null for none.</summary>
    public string? Config { get; init; }

    /// <summary>The made-up town: whoever opens it acts as its staff. Never on a real city.</summary>
    public bool IsTown { get; init; }

    /// <summary>Folder of the built client; null for <c>wwwroot</c> beside the program.</summary>
    public string? WebRoot { get; init; }
}
