namespace Crosstown.Server.Public;

/// <summary>What is around every public page: whose it is, where the style lies, and whether the reader is signed in.</summary>
/// <param name="City">The city's name; "Crosstown" where none is configured.</param>
/// <param name="Path">The page's own address, without its query.</param>
/// <param name="StyleAddress">Address of the style sheet, with a hash of its content in it.</param>
/// <param name="IsSignedIn">True for staff: they get a link to the operations centre.</param>
/// <param name="IsTown">True where everything shown is of a made-up town.</param>
public sealed record PublicFrame(string City, string Path, string StyleAddress, bool IsSignedIn, bool IsTown);
