using Darkroom.Contracts.Errors;

namespace Darkroom.Contracts.Sessions;

/// <summary>The key of a session: <c>{tenant}/{session}</c>.</summary>
/// <param name="Tenant">Who owns the session.</param>
/// <param name="Session">The session's name within the tenant.</param>
public readonly record struct SessionKey(string Tenant, string Session)
{
    /// <summary>The longest allowed name of a tenant or a session (characters).</summary>
    public const int MaxNameLength = 64;

    /// <summary>Makes a key of two names.</summary>
    /// <exception cref="InvalidRequestException">A name is empty, too long or has a character that is not allowed.</exception>
    public static SessionKey Create(string tenant, string session)
    {
        Require(tenant, "tenant");
        Require(session, "session");
        return new SessionKey(tenant, session);
    }

    /// <summary>Reads a key.</summary>
    /// <exception cref="InvalidRequestException">The text is not <c>{tenant}/{session}</c>.</exception>
    public static SessionKey Parse(string key)
    {
        var slash = (key ?? string.Empty).IndexOf('/', StringComparison.Ordinal);
        if (slash < 0)
            throw new InvalidRequestException("A session's key is '{tenant}/{session}'; the key given has no '/'.");
        return Create(key![..slash], key[(slash + 1)..]);
    }

    /// <summary>Checks a name of a tenant or a session.</summary>
    /// <param name="name">The name.</param>
    /// <param name="what">What it names, for the message.</param>
    /// <exception cref="InvalidRequestException">The name is empty, too long or has a character that is not allowed.</exception>
    public static void Require(string name, string what)
    {
        if (string.IsNullOrEmpty(name) || name.Length > MaxNameLength)
            throw new InvalidRequestException($"The name of a {what} has 1 to {MaxNameLength} characters; this one has {name?.Length ?? 0}.");
        if (!char.IsAsciiLetterOrDigit(name[0]) || name[^1] == '.' || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
            throw new InvalidRequestException($"The name of a {what} has ASCII letters, digits, '-', '_' and '.', begins with a letter or a digit, and does not end with a '.'.");
    }

    /// <summary>Writes the key as grains use it.</summary>
    public override string ToString() => $"{Tenant}/{Session}";
}
