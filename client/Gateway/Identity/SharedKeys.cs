using System.Text;
using System.Xml.Linq;
using Darkroom.Storage;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Extensions.Options;

namespace Darkroom.Gateway.Identity;

/// <summary>The keys that cookies are sealed with, where every gateway finds them: who signs in at one is known to all.</summary>
/// <remarks>The framework asks seldom and without waiting: once a day, and when a key is made.</remarks>
internal sealed class SharedKeys(IBlobStore blobs) : IXmlRepository, IConfigureOptions<KeyManagementOptions>
{
    /// <summary>Where the keys are.</summary>
    public const string Folder = "cookie-keys/";

    private const int MaxKeyBytes = 64 << 10;

    /// <inheritdoc/>
    public void Configure(KeyManagementOptions options) => options.XmlRepository = this;

    /// <inheritdoc/>
    public IReadOnlyCollection<XElement> GetAllElements() => ReadAsync().GetAwaiter().GetResult();

    /// <inheritdoc/>
    public void StoreElement(XElement element, string friendlyName) =>
        blobs.WriteBytesAsync($"{Folder}{Guid.NewGuid():N}", Encoding.UTF8.GetBytes(element.ToString(SaveOptions.DisableFormatting)), WriteCondition.IfAbsent).GetAwaiter().GetResult();

    private async Task<IReadOnlyCollection<XElement>> ReadAsync()
    {
        var keys = new List<XElement>();
        await foreach (var blob in blobs.ListAsync(Folder))
        {
            if (await blobs.TryReadBytesAsync(blob.Name, MaxKeyBytes) is { } read)
                keys.Add(XElement.Parse(Encoding.UTF8.GetString(read.Bytes)));
        }

        return keys;
    }
}
