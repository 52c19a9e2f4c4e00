using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Darkroom.Client.Http;

/// <summary>What a request carries, made anew for each attempt.</summary>
internal sealed class HttpBody
{
    private readonly Func<Silence, HttpContent> make;
    private readonly List<FileSource> files = [];

    private HttpBody(Func<Silence, HttpContent> make) => this.make = make;

    /// <summary>Gets whether it can be sent, now.</summary>
    public bool CanSend => files.TrueForAll(file => file.CanSend);

    /// <summary>Gets what reading a file failed with, or null.</summary>
    public Exception? ReadError => files.Select(file => file.ReadError).FirstOrDefault(error => error is not null);

    /// <summary>Gets whether it has files: then the server is asked whether it wants them before they are sent.</summary>
    public bool HasFiles => files.Count > 0;

    /// <summary>Makes a body of JSON.</summary>
    public static HttpBody OfJson<T>(T value) => new(_ => JsonContentOf(value));

    /// <summary>Makes a body that is a file.</summary>
    public static HttpBody OfFile(FileSource file)
    {
        var body = new HttpBody(file.ToContent);
        body.files.Add(file);
        return body;
    }

    /// <summary>Makes a form.</summary>
    /// <param name="fields">Its fields; those that are null are left out.</param>
    /// <param name="parts">Its files: the field's name, the file's name, and the file.</param>
    public static HttpBody OfForm(IEnumerable<(string Name, string? Value)> fields, IEnumerable<(string Field, string Name, FileSource File)> parts)
    {
        var (texts, list) = (fields.Where(field => field.Value is not null).ToArray(), parts.ToArray());
        var body = new HttpBody(silence =>
        {
            var form = new MultipartFormDataContent();
            foreach (var (name, value) in texts)
                form.Add(new StringContent(value!, Encoding.UTF8), name);
            foreach (var (field, name, file) in list)
                form.Add(PartOf(file.ToContent(silence), field, name));
            return form;
        });
        body.files.AddRange(list.Select(part => part.File));
        return body;
    }

    /// <summary>Makes the content for an attempt.</summary>
    public HttpContent ToContent(Silence silence) => make(silence);

    /// <summary>Writes a value as the field of a form; null stays null.</summary>
    public static string? FieldOf<T>(T? value) => value is null ? null : JsonSerializer.Serialize(value, HttpJson.Requests);

    // A name may hold anything: it goes in the form of RFC 8187, which writes all of it in ASCII.
    private static HttpContent PartOf(HttpContent part, string field, string name)
    {
        part.Headers.ContentDisposition = new ContentDispositionHeaderValue("form-data") { Name = field, FileName = "file", FileNameStar = name };
        return part;
    }

    private static ByteArrayContent JsonContentOf<T>(T value)
    {
        var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(value, HttpJson.Requests));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return content;
    }
}
